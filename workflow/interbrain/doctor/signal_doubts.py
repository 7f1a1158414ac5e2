"""What speaks against a signal beside the EEG, though it can be read: its course, its partner's, its time.

Notes it, and changes nothing; what makes a signal unusable is in the room `signals`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from interbrain.formats.notes import note
from interbrain.problems import Problem
from interbrain.signals.kinds import KINDS
from interbrain.signals.likeness import SHARED_HZ, likeness
from interbrain.signals.series import Series

# The course of a signal is kept at this rate and for so long, to be held against the partner's.
COURSE_HZ, COURSE_S = 25.0, 600.0
COMMON = 0.25  # coherence above what two bodies share
SLOW_HZ, LEAST_SLOPES, TURNED = 4.0, 400, -0.15
FALLING, SLOWEST_HZ = 0.005, 5.0
FEWEST_BEATS, USUAL_RATE = 60, (40.0, 130.0)  # beats a minute
NEIGHBOURS, TWO_BEATS, MOST_MISSED = 5, (1.7, 2.3), 0.02
SHORT_S, SHORT_SHARE = 5.0, 0.02  # what may be missing at an end, of the recording
APART_S, QUARTER_S = 5.0, 900.0  # time zones and summer time are whole quarters of an hour
FEWEST, SAME_RATIO, OTHER_RATE, SPREAD_S, BETTER = 3, 0.002, 0.005, 0.5, 4.0
EXACTLY = "Compare their lengths with that of the session, and the rate with what the recorder was set to."


@dataclass(frozen=True)
class Course:
    """A signal at a low rate, for `COURSE_S`; its begin, its length and its own date.

    Attributes
    ----------
    values : array of float32, shape (n_times,)
    rate_hz : float
    start_s, stop_s : float
        On the clock that its row names.
    begun : float or None
        When it began by its file, s since 1970; None if the file does not say.
    """

    values: np.ndarray = field(repr=False)
    rate_hz: float
    start_s: float
    stop_s: float
    begun: float | None = None


def course_of(series: Series, kind: str) -> Course:
    """What of a signal is held against others."""
    values = series.values
    row = values[0] if len(values) == 1 else np.linalg.norm(np.diff(values, axis=1), axis=0)
    if kind == "pitch":
        row = np.where(row > 0, row, np.nan)
    step = max(1, round(series.rate_hz / COURSE_HZ))
    n = min(len(row), int(COURSE_S * series.rate_hz)) // step
    means = row[: n * step].reshape(n, step).mean(axis=1)
    stop = series.start_s + values.shape[1] / series.rate_hz
    return Course(means.astype(np.float32), series.rate_hz / step, series.start_s, stop, series.begun)


def note_doubts(series: Series, kind: str) -> None:
    """Note what the course of one signal says against it."""
    if kind == "eda" and series.rate_hz >= SLOW_HZ:
        _note_skin(series)
    if kind == "ibi":
        _note_beats(series)
    if KINDS[kind].rests_at_least and kind == "motion" and series.rate_hz < SLOWEST_HZ:
        note(
            f"movement has {series.rate_hz:.3g} samples a second, fewer than a video or an accelerometer: if "
            "its times are numbers of frames or samples, write their rate into rate_hz and name no times"
        )


def _note_beats(series: Series) -> None:
    """A list of beats: a heart rate that nobody at rest has, and intervals of two beats."""
    intervals = np.diff(np.flatnonzero(series.values[0] == 1)) / series.rate_hz
    if len(intervals) < FEWEST_BEATS:
        return
    rate = 60 / float(np.median(intervals))
    if not USUAL_RATE[0] <= rate <= USUAL_RATE[1]:
        note(
            f"its heart rate is {rate:.0f} beats a minute, and 40 to 130 are usual of adults who sit: every "
            "second beat was missed, or beats were counted twice. Look at the list, or export the ECG"
        )
    wider = np.pad(intervals, NEIGHBOURS, "reflect")
    around = np.lib.stride_tricks.sliding_window_view(wider, 2 * NEIGHBOURS + 1)
    ratio = intervals / np.median(around, axis=1)
    missed = float(((ratio > TWO_BEATS[0]) & (ratio < TWO_BEATS[1])).mean())
    if missed > MOST_MISSED:
        note(
            f"{100 * missed:.0f}% of its intervals between beats are twice as long as those around: beats "
            "were missed. Not all of these intervals are corrected: export the ECG, or correct the list in "
            "the program that made it"
        )


def _note_skin(series: Series) -> None:
    """Responses of the skin rise fast and fall slowly: of a resistance, or upside down, it is the reverse."""
    step = max(1, int(series.rate_hz / SLOW_HZ))
    row = series.values[0]
    n = len(row) // step
    means = row[: n * step].reshape(n, step).mean(axis=1)
    rate = series.rate_hz / step
    width = max(1, round(rate))
    smooth = np.convolve(means, np.full(width, 1 / width), "valid")
    slopes = smooth[width:] - smooth[:-width]
    slopes = slopes[np.isfinite(slopes)]
    if len(slopes) < LEAST_SLOPES:
        return
    low, middle, high = np.quantile(slopes, [FALLING, 0.5, 1 - FALLING])
    if high > low and (high + low - 2 * middle) / (high - low) < TURNED:
        note(
            "its skin conductance falls faster than it rises, and the responses of a skin do the reverse: it "
            "may be a resistance, or upside down. Signed measures would have the wrong sign, and matching "
            "would be complementary; correct unit, or write scale: -1 and what else turns it into µS"
        )


@dataclass(frozen=True)
class Placed:
    """A signal of a recording, with what its row and its EEG say."""

    where: str
    shown: str
    dyad: str
    time: str
    role: str
    person: str
    name: str
    kind: str
    file: str  # empty: the EEG file
    sync: str
    eeg_file: str
    given_s: float | None  # start_s of its row
    digest: str
    course: Course


@dataclass(frozen=True)
class Session:
    """The EEG that signals belong to: its stretch and its whole length, s, and when it began."""

    begin_s: float
    end_s: float
    length_s: float
    begun: float | None


def doubts_of_all(
    signals: Sequence[Placed], sessions: Mapping[tuple[str, str], Session]
) -> tuple[list[Problem], list[Problem]]:
    """What is wrong, and what is doubtful, where signals are compared with each other and with the EEG."""
    problems = list(_of_several_people(signals))
    warnings = [*_of_pairs(signals), *_rates(signals, sessions)]
    for one in signals:
        session = sessions.get((one.dyad, one.time))
        if one.file and one.sync in ("shared_start", "start_s") and session is not None:
            warnings += [*_coverage(one, session), *_dates(one, session)]
    return problems, warnings


def _of_several_people(signals: Sequence[Placed]) -> Iterator[Problem]:
    """One and the same signal in two recordings, which are not one."""
    first: dict[tuple[str, str], Placed] = {}
    for one in signals:
        above = first.setdefault((one.name, one.digest), one)
        same_place = (above.dyad, above.time) == (one.dyad, one.time)
        if same_place or (above.person == one.person and above.eeg_file == one.eeg_file):
            continue
        if above.person == one.person and above.given_s != one.given_s:
            continue  # one long file, of which each recording has its part
        what = f"holds the same {one.name} as that of the {above.role} of {above.dyad} {above.time}"
        hint = (
            "Two recordings never agree in every sample. Write {dyad}, {time} or {participant} into file, or "
            "copy the right file from the recording computer."
        )
        yield Problem(one.where, what, hint, one.shown, shared="one signal is in two recordings")


def _of_pairs(signals: Sequence[Placed]) -> Iterator[Problem]:
    """Both members' signals of one recording."""
    by: dict[tuple[str, str, str], dict[str, Placed]] = defaultdict(dict)
    for one in signals:
        by[one.dyad, one.time, one.name][one.role] = one
    for both in by.values():
        if len(both) < 2:
            continue
        one, other = both.values()
        a, b = one.course, other.course
        if one.kind == "ibi" or one.digest == other.digest or abs(a.rate_hz / b.rate_hz - 1) > 1e-3:
            continue
        shift = round((b.start_s - a.start_s) * a.rate_hz)
        found = likeness(a.values[max(shift, 0) :], b.values[max(-shift, 0) :], a.rate_hz)
        if found.one_recording:
            late = f", {abs(found.lag_s):.2f} s apart" if found.lag_s else ""
            what = f"the therapist's and the client's {one.name} are one recording{late}"
            hint = (
                "They differ by a factor, an offset, rounding or time: name the channel, column or file of "
                "each. If nothing is changed, this signal will be n/a, unless they are no longer alike at "
                "the rate of the comparison (4 Hz of skin conductance)."
            )
            yield Problem(other.where, what, hint, other.shown, kind="one signal for both members")
        elif abs(found.fast) > COMMON:
            what = (
                f"the therapist's and the client's {one.name} go together above {SHARED_HZ:g} Hz at the very "
                f"same sample (coherence {abs(found.fast):.2f})"
            )
            hint = (
                "Bodies go together more slowly. One signal may reach both channels (a microphone that "
                "hears both people, a common lead, light, the camera), and causes coordination at lag 0. "
                "Nothing is changed."
            )
            yield Problem(other.where, what, hint, other.shown, kind="a signal that is in both channels")


def _coverage(one: Placed, session: Session) -> Iterator[Problem]:
    """What of the recording a file of its own does not reach."""
    length = session.end_s - session.begin_s
    may = max(SHORT_S, SHORT_SHARE * length)
    early = max(min(session.end_s, one.course.start_s) - session.begin_s, 0.0)
    late = max(session.end_s - max(one.course.stop_s, session.begin_s), 0.0)
    if max(early, late) > may:
        which = f"{late:.0f} s of its end" if late >= early else f"{early:.0f} s of its beginning"
        own = one.course.stop_s - one.course.start_s
        what = f"lacks {which}: it is {own:.0f} s long, and what is used of the EEG {length:.0f} s"
        hint = (
            "These samples are missing. If it was recorded throughout, samples were lost, or its rate is "
            "wrong; all that follows is then compared with other moments of the partner."
        )
        yield Problem(one.where, what, hint, one.shown, kind="signals that are shorter than the EEG")


def _dates(one: Placed, session: Session) -> Iterator[Problem]:
    """When the file says that it began, and when the table says so."""
    if one.course.begun is None or session.begun is None:
        return
    apart = one.course.begun - session.begun - (one.given_s or 0.0)
    apart -= QUARTER_S * round(apart / QUARTER_S)
    if abs(apart) > APART_S:
        when = datetime.fromtimestamp(one.course.begun, UTC).strftime("%H:%M:%S")
        eeg = datetime.fromtimestamp(session.begun, UTC).strftime("%H:%M:%S")
        what = (
            f"began {abs(apart):.1f} s {'later' if apart > 0 else 'earlier'} than its row says, by the times "
            f"of day in the files ({when}, and {eeg} of the EEG)"
        )
        hint = (
            "If both clocks were right, write into start_s when it began. If one computer's clock was wrong, "
            "nothing needs to be done."
        )
        yield Problem(one.where, what, hint, one.shown, kind="signals that began at another time of day")


def _rates(signals: Sequence[Placed], sessions: Mapping[tuple[str, str], Session]) -> Iterator[Problem]:
    """Files that are all longer or shorter than the EEG by one factor: the rate is wrong."""
    groups: dict[tuple[str, float], list[tuple[Placed, float]]] = defaultdict(list)
    for one in signals:
        session = sessions.get((one.dyad, one.time))
        if one.file and one.sync == "shared_start" and session is not None:
            key = one.name, float(f"{one.course.rate_hz:.3g}")
            groups[key].append((one, session.length_s))
    for those in groups.values():
        lengths = np.array([one.course.stop_s for one, _ in those])
        eeg = np.array([length for _, length in those])
        ratio, apart = lengths / eeg, lengths - eeg
        usual = float(np.median(ratio))
        same = np.ptp(ratio) <= SAME_RATIO * usual
        # A recorder that is always stopped so many seconds later has another ratio each time.
        by_factor = BETTER * np.ptp(lengths - usual * eeg) < np.ptp(apart) >= SPREAD_S
        if len(set(eeg)) < FEWEST or not same or not by_factor or abs(usual - 1) < OTHER_RATE:
            continue
        first = those[0][0]
        what = (
            f"all {len(those)} files of {first.name} are {usual:.4g} times as long as the EEG, however long "
            "that is, so that their sampling rate is wrong by this factor"
        )
        hint = f"The true rate is about {usual:.4g} times the one that is used. {EXACTLY}"
        yield Problem(first.where.partition(", row")[0], what, hint)
