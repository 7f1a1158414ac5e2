"""Settings that contradict one another, or name what no other setting has. The tables are not looked at."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import cast

from interbrain.problems import InterbrainError, Problem
from interbrain.simulate import CHANNELS as SIMULATED_CHANNELS
from interbrain.study.by_role import ROLES, names_pulses, triggers_of
from interbrain.study.kinds import Bands
from interbrain.study.problems import did_you_mean
from interbrain.study.recording_settings import Synchrony
from interbrain.study.result_columns import estimator_columns
from interbrain.study.settings import Multiverse, Settings


def contradictions(settings: Settings) -> list[Problem]:
    """What the schema cannot see."""
    checks = (
        *(_filters, _pulses, _known_names, _windows_and_lags, _bands, _twice, _names_that_are_taken),
        *(_questionnaires, _statistics, _multiverse, _simulation, _signals),
    )
    return [problem for check in checks for problem in check(settings)]


def measures(synchrony: Synchrony) -> list[str]:
    """Columns of the aggregated dataset that the statistics can test."""
    further = [column for name in synchrony.estimators for column in estimator_columns(name)]
    if synchrony.directed:
        further += ["granger_to_client", "granger_to_therapist", "granger_net"]
    return ["plv", "above_chance", "above_pseudo", "z_chance", "zero_lag", *further]


def asked_channels(settings: Settings) -> dict[str, list[str]]:
    """Channels by the setting that asks for them."""
    further = settings.multiverse or Multiverse()
    sets = {"rois": settings.rois, "multiverse: reference": further.reference}
    sets |= {f"multiverse: rois: {name}": rois for name, rois in further.rois.items()}
    return {f"{key}: {name}": channels for key, named in sets.items() for name, channels in named.items()}


def _questionnaires(settings: Settings) -> Iterator[Problem]:
    """One table cannot be two people's answers: its rows are dyads."""
    for (one, first), (other, second) in combinations(settings.questionnaires.items(), 2):
        same_key = os.path.normpath(first.key or "") == os.path.normpath(second.key or "")
        same_table = os.path.normpath(first.table) == os.path.normpath(second.table)
        if same_table and (same_key or first.role != second.role):
            what = f"{one} and {other} have the same table, {first.table}: its answers would count as both"
            hint = (
                "Name a table of its own for each. Of a workbook the first visible sheet is read: another "
                "one is named as in answers.xlsx#Sheet."
            )
            yield _wrong("questionnaires", what, hint)


def _signals(settings: Settings) -> Iterator[Problem]:
    if not settings.tables.signals:
        return
    # Slow to import, and of no other study.
    from interbrain.coordination.registry import MEASURES
    from interbrain.signals.coordinating import settings_of

    for name, asked in settings.signals.measures.items():
        yield from _unknown(f"signals: measures: {name}", "measure of coordination", asked, MEASURES)
    try:
        settings_of(settings.signals.model_dump())
    except InterbrainError as error:
        yield _wrong("signals", error.what, error.hint)
    yield from _signal_multiverse(settings)


def _signal_multiverse(settings: Settings) -> Iterator[Problem]:
    """What is wrong with the further levels of how coordination is measured."""
    from interbrain.coordination.registry import MEASURES
    from interbrain.multiverse.signal_choices import may_be_chosen
    from interbrain.signals.coordinating import settings_of

    further = settings.signals.multiverse
    if further is None:
        return
    key = "signals: multiverse"
    yield from _unknown(f"{key}: measures", "measure of coordination", further.measures, MEASURES)
    for name in further.measures:
        if name in MEASURES and not may_be_chosen(name):
            offered = ", ".join(one for one in MEASURES if may_be_chosen(one))
            yield _wrong(f"{key}: measures", f"{name} cannot be a choice", f"Choose among {offered}.")
    for setting in ("window_s", "lag_s"):
        for level in getattr(further, setting):
            try:
                settings_of({**settings.signals.model_dump(), setting: level})
            except InterbrainError as error:
                yield _wrong(f"{key}: {setting}", error.what, error.hint)


def _wrong(key: str, what: str, hint: str = "") -> Problem:
    return Problem(f"config.yaml, {key}", what, hint)


def _unknown(key: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    known = list(known)
    for name in names:
        if name not in known:
            yield _wrong(key, f'no {what} is called "{name}"', did_you_mean(name, known))


def _filters(settings: Settings) -> Iterator[Problem]:
    cleaning, phase_sfreq = settings.cleaning, settings.phase.sfreq
    highpass, lowpass, sfreq = cleaning.highpass, cleaning.lowpass, cleaning.sfreq
    if highpass >= lowpass:
        yield _wrong("cleaning", f"highpass ({highpass:g} Hz) must be below lowpass ({lowpass:g} Hz)")
    elif lowpass >= sfreq / 2:
        yield _wrong("cleaning", f"lowpass ({lowpass:g} Hz) must be below half of sfreq ({sfreq / 2:g} Hz)")
    if phase_sfreq > sfreq:
        what = f"sfreq ({phase_sfreq:g} Hz) must not exceed the sfreq of cleaning ({sfreq:g} Hz)"
        yield _wrong("phase", what)


def _pulses(settings: Settings) -> Iterator[Problem]:
    if settings.triggers is None:
        return
    triggers = settings.triggers.model_dump(exclude_unset=True)
    for role in ROLES if "channel" not in triggers else ():
        if not (names_pulses(triggers_of(triggers, role)) or "channel" in triggers.get(role, {})):
            hint = "Write channel or annotation, or triggers: null if no pulse reached both amplifiers."
            yield _wrong("triggers", f"the {role}s' channel is not named, nor an annotation", hint)


def _known_names(settings: Settings) -> Iterator[Problem]:
    """What names a factor, a band or an estimator, and whether a window can have a value of its own."""
    synchrony = settings.synchrony
    yield from _unknown("chance: alike", "factor", settings.chance.alike, settings.factors)
    individual, resolved = synchrony.individual_alpha, synchrony.time_resolved
    asked = [individual] if individual else []
    yield from _unknown("synchrony: individual_alpha", "band", asked, settings.bands)
    computed, asked = ["plv", *synchrony.estimators], [resolved] if resolved else []
    yield from _unknown("synchrony: time_resolved", "computed estimator", asked, computed)
    if resolved and synchrony.over != "time":
        hint = "Write over: time, or time_resolved: null."
        what = f"a window has a value of its own over time only, not over {synchrony.over}"
        yield _wrong("synchrony: time_resolved", what, hint)


def _windows_and_lags(settings: Settings) -> Iterator[Problem]:
    windows, lags, highpass = settings.windows, settings.lags, _passed(settings)[0]
    if settings.events and settings.events.window_s[0] >= settings.events.window_s[1]:
        begin, end = settings.events.window_s
        what = f"[{begin:g}, {end:g}]: a response must begin before it ends"
        yield _wrong("events: window_s", what, "Write for example [-0.2, 1.0].")
    if lags.far_from_s >= lags.max_s:
        hint = f"Lower far_from_s, or raise max_s above {lags.far_from_s:g}."
        what = f"far_from_s ({lags.far_from_s:g} s) must be below max_s ({lags.max_s:g} s)"
        yield _wrong("lags", what, hint)
    # MNE's FIR: 3.3 / transition s long, with a transition of a quarter of the edge, 2 Hz at least.
    half_filter = 1.65 / min(max(highpass / 4, 2), highpass) if highpass else 0
    if windows.edge_s < half_filter:
        hint = f"Leave out at least {half_filter:.2f} s, or raise the highpass."
        what = f"edge_s ({windows.edge_s:g} s) is shorter than the filters' transients"
        yield _wrong("windows", what, hint)
    if windows.min_peak_to_peak_uv >= windows.max_peak_to_peak_uv:
        what = "min_peak_to_peak_uv must be below max_peak_to_peak_uv: no window would be kept"
        yield _wrong("windows", what)


def _passed(settings: Settings) -> tuple[float, float]:
    """The pass band of cleaning, Hz; where its edges contradict each other, nothing else is to blame."""
    cleaning = settings.cleaning
    return (cleaning.highpass, cleaning.lowpass) if cleaning.highpass < cleaning.lowpass else (0, math.inf)


def _edges(settings: Settings) -> Bands:
    """The bands and their edges: the name of a preset was replaced when the config was read."""
    return cast("Bands", settings.bands)


def _twice(settings: Settings) -> Iterator[Problem]:
    """Two bands or sites that are the same under two names: their tests are one, and count as two."""
    bands = {band: tuple(edges) for band, edges in _edges(settings).items()}
    sites = {site: frozenset(channels) for site, channels in settings.rois.items()}
    for key, named in (("bands", bands), ("rois", sites)):
        for (one, first), (other, second) in combinations(named.items(), 2):
            if first == second:
                yield _wrong(key, f"{one} and {other} are the same", "Correct one of them, or remove it.")


def _bands(settings: Settings) -> Iterator[Problem]:
    (highpass, lowpass), phase_sfreq = _passed(settings), settings.phase.sfreq
    further = settings.multiverse.bands if settings.multiverse else {}
    sets: dict[str, Bands] = {
        "bands": _edges(settings),
        **{f"multiverse: bands: {name}": bands for name, bands in further.items()},
    }
    for key, low, high in (
        (f"{s}: {band}", edges[0], edges[1]) for s, bands in sets.items() for band, edges in bands.items()
    ):
        reach = high + max(high / 4, 2)  # where the band-pass filter of the room phase has faded out
        if low >= high:
            yield _wrong(key, f"[{low:g}, {high:g}]: the lower edge must be below the upper")
            continue
        if low < highpass:
            hint = "Raise the lower edge, or lower the highpass."
            yield _wrong(key, f"begins at {low:g} Hz, below the highpass of cleaning ({highpass:g} Hz)", hint)
        # Above the first the signal is gone, above the second it would be folded.
        for name, limit in (("lowpass of cleaning", lowpass), ("sfreq of phase", phase_sfreq)):
            if reach > limit:
                what = f"reaches {reach:g} Hz with its filter's transition, above the {name} ({limit:g} Hz)"
                upper = min(limit / 1.25, limit - 2)
                hint = f"End the band at {upper:g} Hz at most, or raise the {name} to {reach:g} Hz."
                yield _wrong(key, what, hint)


def _names_that_are_taken(settings: Settings) -> Iterator[Problem]:
    for name, levels in settings.factors.items():
        for level in levels:
            if level != level.strip():
                what = f'the level "{level}" begins or ends with a space'
                yield _wrong(f"factors: {name}", what, f'Write "{level.strip()}".')
    for key, named in (("rois", settings.rois), ("bands", settings.bands)):
        if "all" in named:
            yield _wrong(key, 'the name "all" is taken: it means the mean over all of them')


def _statistics(settings: Settings) -> Iterator[Problem]:
    statistics = settings.statistics
    for name, pair in settings.differences.items():
        if len(settings.questionnaires) < 2:
            hint = "A difference needs two questionnaires. Without one, write differences: {}."
            had = " and ".join(settings.questionnaires) or "none"
            yield _wrong(f"differences: {name}", f"two questionnaires are needed, and there is {had}", hint)
            continue
        if pair[0] == pair[1]:
            what = f"{pair[0]} minus itself is 0 in every dyad"
            yield _wrong(f"differences: {name}", what, "Name two questionnaires.")
        yield from _unknown(f"differences: {name}", "questionnaire", pair, settings.questionnaires)
    yield from _unknown("statistics: between", "factor", statistics.between, settings.factors)
    yield from _unknown("statistics: measures", "measure", statistics.measures, measures(settings.synchrony))
    if statistics.time in ("factor", "change", "ancova") and len(settings.times) < 2:
        what = f"{statistics.time} needs two times, and the study has one"
        yield _wrong("statistics: time", what, "Write time: mean.")


def _multiverse(settings: Settings) -> Iterator[Problem]:
    """What is wrong with the further levels of the study's choices."""
    further = settings.multiverse or Multiverse()
    named: dict[str, Mapping] = {"reference": further.reference, "bands": further.bands, "rois": further.rois}
    for key, own in (("reference", "average"), ("bands", "study"), ("rois", "study")):
        if own in named[key]:
            what = f'the name "{own}" is taken: it means the study\'s own'
            yield _wrong(f"multiverse: {key}", what, "Choose another name.")
    sites = [settings.rois, *further.rois.values()]
    in_sites = {channel for rois in sites for channels in rois.values() for channel in channels}
    for name, channels in further.reference.items():
        for channel in [c for c in channels if c in in_sites]:
            what = f"{channel} is a channel of a site (rois), and a reference must be none"
            hint = "Refer to channels outside all sites, or change the sites."
            yield _wrong(f"multiverse: reference: {name}", what, hint)
    slowest = min(low for edges in [_edges(settings), *further.bands.values()] for low, _ in edges.values())
    for length in further.length_s:
        if length * slowest < 1:
            what = f"{length:g} s is shorter than a cycle of {slowest:g} Hz, the lowest edge of a band"
            yield _wrong("multiverse: length_s", what, f"Write at least {1 / slowest:.2g} s.")
    known = ["mean", "change", "ancova", *settings.times]
    for level in further.time:
        if level not in known:
            yield _wrong("multiverse: time", f'"{level}" is not known', did_you_mean(level, known))
        elif level in ("change", "ancova") and len(settings.times) < 2:
            what = f"{level} needs two times, and the study has one"
            yield _wrong("multiverse: time", what, f"Take {level} out.")


def _simulation(settings: Settings) -> Iterator[Problem]:
    if settings.simulation is None:
        return
    if settings.input == "bids":
        what = "bids, but simulation makes raw files"
        yield _wrong("input", what, "Delete simulation, or write input: raw.")
    frequencies = settings.simulation.frequencies
    for band, (low, high) in _edges(settings).items():
        if not low <= frequencies.get(band, 0) <= high:
            hint = f"Give one from {low:g} to {high:g} Hz; for your own data delete simulation."
            yield _wrong("simulation: frequencies", f"none is in the band {band}", hint)
    yield from _simulated_channels(settings, settings.simulation.channels)


def _simulated_channels(settings: Settings, channels: list[str] | None) -> Iterator[Problem]:
    if channels is None:
        return
    yield from _unknown("simulation: channels", "simulated channel", channels, SIMULATED_CHANNELS)
    for roi, names in settings.rois.items():
        if absent := [name for name in names if name not in channels]:
            what = f"{', '.join(absent)} of the site {roi} is not among them"
            yield _wrong("simulation: channels", what, "Add it, or remove it from the site.")
