"""Methods: how the clocks were tied, and which windows were kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interbrain.report import words

from .run import Run

UNKNOWN_DRIFT = "the drift between their clocks was not measured and was taken to be zero"
# How the clocks of recordings are tied without shared markers, as the end of a sentence.
OTHER_CLOCKS = {
    "start_marker": f"were aligned on one shared trigger; {UNKNOWN_DRIFT}",
    "lsl_clock": "were aligned by the time stamps of the Lab Streaming Layer (offset and drift)",
    "same_file": "were made by one amplifier, with one clock",
    "header_time": "were aligned by the start times in their files, which are accurate to a second at best; "
    + UNKNOWN_DRIFT,
    "shared_start": "were taken to start at the same instant, as the laboratory stated; " + UNKNOWN_DRIFT,
}


def _matched(counts: Sequence[Sequence[int]], which: str) -> Iterator[str]:
    """How many triggers were matched, in the pair with the fewest and in all of `which`."""
    if not counts:
        return
    shares = [matched / min(therapist, client) for matched, therapist, client in counts]
    fewest = min(counts, key=lambda count: (count[0] / min(count[1:]), count[0]))
    if min(shares) == 1 and all(therapist == client for _, therapist, client in counts):
        yield f"Every trigger was matched in {which}."
        return
    yield (
        "In the pair of recordings with the smallest share of matched triggers, {} of the therapist's {} "
        "and of the client's {} triggers were matched".format(*fewest)
        + (
            f"; on average over pairs, {100 * sum(shares) / len(shares):.0f}% of the triggers in the "
            "recording with fewer of them were matched."
            if len(counts) > 1
            else "."
        )
    )


def _not_confirmed(windows: int) -> Iterator[str]:
    """Windows whose clock may have jumped."""
    if windows:
        yield (
            "Triggers without a match in the other recording may have been lost or spurious, or may show "
            f"that a clock jumped; {words.counted(windows, 'window')} for which this could not be decided "
            f"{'was' if windows == 1 else 'were'} not used."
        )


def clock_and_windows(run: Run) -> Iterator[str]:
    sync_methods = run.sizes["sync_methods"]
    if "markers" in sync_methods:
        residual = run.get("clock", "max_residual_ms")
        yield (
            "The two amplifiers' clocks were aligned on shared triggers (offset and slope)"
            + (
                f"; a residual above {residual:g} ms would have stopped the analysis."
                if residual is not None
                else "."
            )
        )
        only = set(sync_methods) == {"markers"}
        which = "every pair of recordings" if only else "each of these pairs of recordings"
        yield from _matched(run.sizes.get("matched") or [], which)
        yield from _not_confirmed(run.sizes.get("not_confirmed") or 0)
    others = [sentence for method, sentence in OTHER_CLOCKS.items() if method in sync_methods]
    whose = "The two recordings of other pairs" if "markers" in sync_methods else "Both members' recordings"
    for sentence in others:
        yield f"{whose} {sentence}."
        whose = "The two recordings of other pairs"
    if longest := run.sizes.get("unknown_drift_s"):
        yield (
            f"With a drift of 100 ppm, recordings whose drift was not measured would be {longest / 10:.0f} "
            f"ms apart after {longest:.0f} s."
        )
    windows = run.get("windows", default={})
    if windows.get("length_s"):
        edge = (
            f"; {windows['edge_s']:g} s at both ends and around gaps were left out"
            if windows.get("edge_s")
            else ""
        )
        yield (
            f"The recording was cut into non-overlapping windows of {windows['length_s']:g} s at the same "
            f"instants in both members{edge}."
        )
    if windows.get("max_peak_to_peak_uv"):
        low = f"{windows['min_peak_to_peak_uv']:g} to " if windows.get("min_peak_to_peak_uv") else "up to "
        high = windows.get("max_peak_to_peak_elsewhere_uv")
        elsewhere = f", elsewhere up to {high:g} µV" if high else ""
        muscle = ", no muscle burst" if run.get("cleaning", "muscle_db") else ""
        learnt = ""
        if windows.get("autoreject"):
            which = "one limit" if windows["autoreject"] == "global" else "a limit for each channel"
            by = run.package("autoreject", "autoreject", "Jas2017")
            learnt = f", nothing above {which} that {by} learnt from the recording"
        yield (
            "A window was kept only if it was good in both members (peak-to-peak amplitude at the sites' "
            f"channels {low}{windows['max_peak_to_peak_uv']:g} µV{elsewhere}, no lost samples"
            f"{muscle}{learnt})"
            + (
                f"; a pair of recordings with less than {windows['min_clean_s']:g} s of such windows was not "
                "used."
                if windows.get("min_clean_s")
                else "."
            )
        )
