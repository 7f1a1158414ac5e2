"""What one member's part of a raw file says of itself: enough to tie clocks, and to know it again.

What advises a person, `contradictions.judged` adds where it is asked for: its limits are to repeat no job on
clocks. Not here: what follows from it (`clocks`, `doctor`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.amplitudes import strength_uv
from interbrain.formats.copies import Signature, signature
from interbrain.formats.gaps import mark_gaps
from interbrain.formats.hum import hum_phasors
from interbrain.formats.measured import mark_unmeasured
from interbrain.formats.notes import noted
from interbrain.formats.recording import read_recording
from interbrain.formats.triggers import Pulses, find_pulses

if TYPE_CHECKING:
    from mne.io import BaseRaw

    from interbrain.formats.channel_likeness import Likeness


Further = Callable[["BaseRaw"], Mapping[str, Any]]


@dataclass(frozen=True)
class Survey:
    """What a recording holds; times in s from its first sample, lost samples put back.

    Attributes
    ----------
    path, format : str
        The file, and its suffix without the dot.
    sfreq, duration_s : float
        Hz and s.
    eeg, others : tuple of str
        Names of the EEG channels, and of all others.
    pulses : tuple of float
        Onsets of the trigger pulses.
    no_pulses : str
        Why there are none, for a person; empty if there are.
    to_find_pulses : str
        What to do about it; empty if nothing is known to help.
    trigger : str
        The channel or annotation that holds the pulses; empty if it was not found.
    trigger_like : tuple of str
        Channels that are named or typed as triggers.
    idle : float or None
        Value of that channel between pulses; None of an annotation or an analogue channel.
    begun : datetime or None
        When it began, by the recording computer.
    lsl : tuple of (float, float) or None
        LSL clock at the first sample in s, and its seconds per second of the recording.
    lost_s : float
        Length of the stretches whose samples the amplifier lost.
    mains_hz : tuple of float
        Which of 50 and 60 Hz stand out in its spectrum, the stronger first.
    highest_hz, lowest_hz : float or None
        Above and below what frequency a filter left nothing; None: there was no such filter.
    notes : tuple of str
        What its reader noticed, and whoever reads the results must know.
    n_mapped : int
        How many EEG channels the cap map names.
    ignored : tuple of str
        Channels that the cap map leaves out.
    strength_uv : float or None
        How strong the EEG is (`amplitudes.strength_uv`).
    likeness : Likeness or None
        How alike its EEG channels are (`sites.likeness`).
    filtered : dict or None
        The same by the spectrum alone, and what is left (`spectrum.filter_facts`).
    hum : mapping
        The mains hum, second by second (`hum.hum_phasors`).
    signature : mapping
        What tells its signals from all others' (`copies.signature`).

    Notes
    -----
    `mains_hz`, `highest_hz`, `lowest_hz`, `filtered` and `likeness` are what `further` gives (`survey`).
    """

    path: str
    format: str
    sfreq: float
    duration_s: float
    eeg: tuple[str, ...]
    others: tuple[str, ...] = ()
    pulses: tuple[float, ...] = ()
    no_pulses: str = ""
    to_find_pulses: str = ""
    trigger: str = ""
    trigger_like: tuple[str, ...] = ()
    idle: float | None = None
    begun: datetime | None = None
    lsl: tuple[float, float] | None = None
    lost_s: float = 0.0
    mains_hz: tuple[float, ...] = ()
    highest_hz: float | None = None
    lowest_hz: float | None = None
    notes: tuple[str, ...] = ()
    n_mapped: int = 0
    ignored: tuple[str, ...] = ()
    strength_uv: float | None = None
    filtered: dict[str, Any] | None = field(default=None, repr=False, compare=False)
    hum: Mapping[float, tuple[complex, ...]] = field(default_factory=dict, repr=False, compare=False)
    likeness: Likeness | None = field(default=None, repr=False, compare=False)
    signature: Signature = field(default_factory=dict, repr=False, compare=False)


def survey(
    path: str | Path,
    *,
    channel_names: Mapping[str, str] | None = None,
    pattern: str | None = None,
    partner_pattern: str | None = None,
    scale: float | None = None,
    triggers: Mapping,
    further: Further | None = None,
) -> Survey:
    """Read a recording and say what it holds.

    Parameters
    ----------
    channel_names, pattern, partner_pattern, scale
        As `read_recording` takes them.
    triggers : mapping
        Keyword arguments of `read_triggers`; of a recording without triggers channel and annotation are None.
    further : callable, optional
        More fields of the survey, from the recording in memory, such as `contradictions.judged`.

    Raises
    ------
    FormatError
        The file cannot be read. Triggers that are not found are no error: see `no_pulses`.
    """
    with noted() as notes:
        recording = read_recording(
            path,
            channel_names=channel_names,
            pattern=pattern,
            partner_pattern=partner_pattern,
            scale=scale,
            trigger_channel=triggers.get("channel"),
        )
        found = {"channel": recording.trigger} if recording.trigger else {}
        raw = mark_gaps(recording.raw)
        mark_unmeasured(raw)
        told = survey_raw(raw, path, {**triggers, **found}, recording.lsl, further)
    return replace(told, notes=tuple(notes), n_mapped=len(recording.mapped), ignored=recording.ignored)


def survey_raw(
    raw: BaseRaw,
    path: str | Path,
    triggers: Mapping,
    lsl: tuple[float, float] | None = None,
    further: Further | None = None,
) -> Survey:
    """The same of a recording that was read already, with its gaps marked."""
    advice = ""
    try:
        found = find_pulses(raw, **triggers)
    except FormatError as error:
        found, advice = Pulses(np.zeros(0), "", None, f"{error.what}."), error.hint
    kinds = list(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    begun = raw.info["meas_date"]
    more = further(raw) if further else {}
    return Survey(
        path=str(path),
        format=Path(path).suffix.lstrip("."),
        sfreq=float(raw.info["sfreq"]),
        duration_s=raw.n_times / raw.info["sfreq"],
        eeg=tuple(name for name, kind in kinds if kind == "eeg"),
        others=tuple(name for name, kind in kinds if kind != "eeg"),
        pulses=tuple(found.onsets.tolist()),
        no_pulses=found.why_none,
        to_find_pulses=advice,
        trigger=found.source,
        trigger_like=tuple(name for name, kind in kinds if kind == "stim"),
        idle=found.idle,
        begun=begun + timedelta(seconds=float(raw.first_time)) if begun else None,
        lsl=lsl,
        strength_uv=strength_uv(raw),
        lost_s=float(sum(a["duration"] for a in raw.annotations if a["description"] == "BAD_acq_skip")),
        hum=hum_phasors(raw),
        signature=signature(raw),
        **more,
    )
