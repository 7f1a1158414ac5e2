"""How to read each figure: what it looks like when all is well, what does not, and what to do then."""

# By the figure's name: what good looks like, what asks for a look, what to do.
HOW_TO_READ = {
    "quality": (
        "Most windows are kept, in both members alike; none or a few channels are bad; one to a handful of "
        "components are removed, blinks among them; the clock's residual is a millisecond or less.",
        "One recording far from the others: few windows, many bad channels, no component removed although "
        "people blink, much muscle activity, or a residual near the limit. A whole group that differs from "
        "the other is worse than one bad recording, because it can look like an effect.",
        "Open the recording's page, see which criterion rejected the windows, and decide there. If the "
        "groups differ, say so, and read the values above chance.",
    ),
    "spectra": (
        "Power falls smoothly with frequency, with a bump near 10 Hz in most people at rest; after cleaning "
        "the slow rise of blinks at the left and the peak of the mains are gone, and the bands keep their "
        "shape.",
        "A flat or rising line towards high frequencies (muscles, or a loose electrode), a comb of narrow "
        "peaks (mains or a device), a cleaned line far below the recorded one within the bands (too much was "
        "removed), or two members with the same odd peak, which is synchrony of the interference.",
        "Look at the recording's page: bad channels and components first. A peak that both members share is "
        "in the list of warnings.",
    ),
    "chance": (
        "Where there is no synchrony, marks are inside the bars of the nulls. Where there is, most of them "
        "are to the right of all bars, in most dyads and not in one alone.",
        "Most marks to the left of the bars: less synchrony than chance is a sign of a fault. Marks "
        "above circular shifts and inside the bar of pseudo-dyads: the situation makes everybody's rhythms "
        "alike, and being together adds nothing detectable.",
        "Read the test over all dyads above the figure: a single dyad may be above its chance level by "
        "coincidence.",
    ),
    "lags": (
        "Coupling gives a peak at lag zero, or near it if one member leads, that falls off within a second "
        "or two to the level of the far lags.",
        "A curve that is high and flat: both members' rhythms were strong at the same times of the "
        "recording, which is not coupling. A peak at exactly zero in every dyad: something that reached both "
        "members at once, such as a sound or interference, gives this as well.",
        "The first verdict takes this into account; the spectra and the warnings show interference.",
    ),
    "channels": (
        "A patch of neighbouring channels, in theta or alpha, above chance in colour.",
        "One row or one column alone: one electrode of one member, and not a place in the brain. The whole "
        "map in one colour: something that reaches all channels, such as the reference or interference.",
        "See the bad channels of that member, and the tests of pairs, which hold for all pairs together.",
    ),
    "planted": (
        "Marks are near the dashed line and rise with it.",
        "Marks far below it: coupling was lost on the way, for example by clocks that were not aligned.",
        "Only simulated data have this figure: it shows that the workflow finds what is known to be there.",
    ),
}
