"""What was done to the numbers of a recording before it was saved: gains, interpolation, z-scores.

Judges what `numbers` measured, notes it, and changes nothing. Not here: filters (`spectrum`), labels at
other places (`sites`), amplitudes that no head gives (`amplitudes`), what was filled or cut (`fillings`,
`splices`).
"""

from __future__ import annotations

import numpy as np

from interbrain.formats.channels import listed_names
from interbrain.formats.notes import note
from interbrain.formats.numbers import FEWEST_CHANNELS, Numbers
from interbrain.head import electrode_places

# A channel has another gain than its neighbours if it is so many times as strong or as weak, and its course
# is theirs: what a dead or loose electrode measures is not.
NEAREST, TIMES, LEAST_ALIKE = 5, 5.0, 0.35
# Below this share of the usual power a channel holds nothing of its own: it is the reference, or dead.
NOTHING_OF_ITS_OWN = 1e-3
# Directions in which the channels do not vary: by no more than so many times what rounding to steps gives (of
# numbers without steps, so many µV^2). Interpolated channels have so many times the share of the next one.
ROUNDING, LEAST_VARIANCE, CLEARLY = 1.5, 1e-5, 1.5
SAME_SD, CENTRED = 2e-3, 0.01
# All channels are so many times weaker in a part of the time, with nothing in between.
WEAKER, LEAST_OF_TIME = 5.0, 2


def note_alterations(found: Numbers | None) -> None:
    """Note gains, interpolated and standardised channels, rectified signals, and a part that is far weaker.

    Parameters
    ----------
    found : Numbers or None
        `numbers.numbers_of` the recording.
    """
    if found is None:
        return
    if found.one_sided.mean() > 0.5:
        note(
            "no value of most of its EEG channels is below zero, and many are near it: these are amplitudes, "
            "rectified or squared signals, which do not have the phases of the EEG. Export the EEG itself"
        )
    elif _standardised(found):
        note(
            "all its EEG channels have the same standard deviation: they were standardised (z-scores), so "
            "that noisy channels weigh as much as others in the average reference, and limits in µV mean "
            "nothing. Export the EEG in µV"
        )
    else:
        _note_gains(found)
        _note_dependent(found)
    _note_weaker(found)


def _note_gains(found: Numbers) -> None:
    gains = _gains(found)
    if not gains:
        return
    times = float(np.exp(np.median(np.abs(np.log(list(gains.values()))))))
    words = {"stronger" if size > 1 else "weaker" for size in gains.values()}
    what = f"{' or '.join(sorted(words, reverse=True))} than"
    note(
        f"{listed_names(list(gains), 6)} {'is' if len(gains) == 1 else 'are'} about {times:.0f} times {what} "
        "the channels around, and else like them: the gain or the unit of some channels is wrong. Export the "
        "recording again, or leave these channels out (ignore in the cap map)"
    )


def _gains(found: Numbers) -> dict[str, float]:
    """How many times as strong as its neighbours each channel is that has another gain than they."""
    names = found.names
    places = np.array([electrode_places()[name] for name in names])
    order = np.argsort(np.linalg.norm(places[:, None] - places[None], axis=2), axis=1)
    level = np.log(np.maximum(np.median(found.size, axis=0), 1e-6))
    usable, gains = np.ones(len(names), bool), {}
    while usable.sum() > max(FEWEST_CHANNELS - 1, len(names) // 2):
        near = [[j for j in order[i] if j != i and usable[j]][:NEAREST] for i in range(len(names))]
        apart = np.array([level[i] - np.median(level[near[i]]) for i in range(len(names))])
        apart[~usable] = 0.0
        worst = int(np.abs(apart).argmax())
        if abs(apart[worst]) < np.log(TIMES):
            break
        usable[worst] = False
        if np.median(found.alike[worst, near[worst]]) >= LEAST_ALIKE:
            gains[names[worst]] = float(np.exp(apart[worst]))
    return gains


def _note_dependent(found: Numbers) -> None:
    lacking, sums = _dependent(found)
    if not lacking:
        return
    where = f" (probably {listed_names(sums, 6)})" if sums else ""
    note(
        f"its EEG has {lacking} dimension{'s' * (lacking > 1)} fewer than channels: before the file was "
        f"saved, channels were interpolated{where} or components were removed. Synchrony at an interpolated "
        "channel is that of its neighbours, and cleaning removes components once more. Export the recording "
        "as it was made, or mark interpolated channels bad"
    )


def _dependent(found: Numbers) -> tuple[int, list[str]]:
    """In how many directions the channels do not vary, beside the average reference; and which are sums."""
    power = np.diag(found.covariance)
    own = np.flatnonzero(power > NOTHING_OF_ITS_OWN * np.median(power))
    if len(own) < FEWEST_CHANNELS:
        return 0, []
    # Each channel in units of what rounding adds to it, so that a coarse one does not hide the others.
    rounding = np.sqrt(np.maximum(found.step[own] ** 2 / 12, LEAST_VARIANCE))
    values, vectors = np.linalg.eigh(found.covariance[np.ix_(own, own)] / np.outer(rounding, rounding))
    null = vectors[:, values < ROUNDING]
    # The sum of all channels may be zero: that is the average reference, and no fault.
    shared = null.T @ (rounding / np.linalg.norm(rounding))
    if shared @ shared > 0.9:
        average = null @ (shared / np.linalg.norm(shared))
        null = null - np.outer(average, average @ null)
    share = (null**2).sum(axis=1)
    lacking = round(float(share.sum()))
    first = np.argsort(-share)
    if not 0 < lacking < len(own) or share[first[lacking - 1]] < CLEARLY * share[first[lacking]]:
        return lacking, []
    return lacking, [found.names[i] for i in sorted(own[first[:lacking]].tolist())]


def _standardised(found: Numbers) -> bool:
    """Whether all channels have one standard deviation, and a mean of zero, over the whole recording."""
    usual = float(np.median(found.deviation))
    spread, middle = np.ptp(found.deviation), np.abs(found.mean).max()
    return bool(usual > 0 and spread < SAME_SD * usual and middle < CENTRED * usual)


def _note_weaker(found: Numbers) -> None:
    """A part of the time in which the median channel is far weaker than in the rest, at one stretch."""
    size = np.maximum(np.median(found.size, axis=1), 1e-9)
    order = np.argsort(size)
    steps = size[order][1:] / size[order][:-1]
    steps = steps[LEAST_OF_TIME - 1 : len(steps) - LEAST_OF_TIME + 1]
    if not len(steps) or steps.max() < WEAKER:
        return
    weak = np.zeros(len(size), bool)
    weak[order[: LEAST_OF_TIME + int(steps.argmax())]] = True
    if np.count_nonzero(np.diff(weak.astype(int))) > 2:
        return
    times = float(np.median(size[~weak]) / np.median(size[weak]))
    begin, end = found.starts_s[weak][0], found.starts_s[weak][-1] + found.length_s
    note(
        f"its EEG is about {times:.0f} times weaker from {begin:.0f} to {end:.0f} s than in the rest of the "
        "recording: a plug or a box was off, the amplifier's gain was changed, or two recordings were "
        "joined. Look at it, and use the part that is sound (start_s, stop_s)"
    )
