"""What the notes on a recording are judged by (`contradictions`): measured, kept in a file, judged later.

Knows no limit of any note: another one is to measure no recording again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.formats.amplitudes import strengths
from interbrain.formats.channel_lags import Lags, lags_of
from interbrain.formats.channel_likeness import Likeness, likeness
from interbrain.formats.numbers import Numbers, numbers_of
from interbrain.formats.rasters import Raster, raster_of
from interbrain.formats.spectrum import Spectrum, recorded_spectrum

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Powers are kept in the unit that they are measured in, in which a float of four bytes holds them.
SQUARED_UV = 1e12


@dataclass(frozen=True)
class Measured:
    """What a recording is judged by.

    Attributes
    ----------
    sfreq : float
    n_times : int
    highpass, lowpass : float
        The edges of filters by the header of the file, Hz.
    eeg : tuple of str
        Its EEG channels.
    rms_uv : array, shape (n_channels,)
        How strong each of them is at 1 to 30 Hz; NaN of one without a signal.
    spectrum : Spectrum
    likeness : Likeness or None
    numbers : Numbers or None
    raster : Raster or None
    lags : Lags or None
    """

    sfreq: float
    n_times: int
    highpass: float
    lowpass: float
    eeg: tuple[str, ...]
    rms_uv: np.ndarray
    spectrum: Spectrum
    likeness: Likeness | None
    numbers: Numbers | None
    raster: Raster | None
    lags: Lags | None


def measured_of(raw: BaseRaw) -> Measured:
    """Measure a recording.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels named and typed, and its gaps marked; loaded or not.
    """
    kinds = zip(raw.ch_names, raw.get_channel_types(), strict=True)
    eeg = tuple(name for name, kind in kinds if kind == "eeg")
    return Measured(
        float(raw.info["sfreq"]),
        int(raw.n_times),
        float(raw.info["highpass"]),
        float(raw.info["lowpass"]),
        eeg,
        1e6 * strengths(raw)[0] if eeg else np.zeros(0),
        recorded_spectrum(raw),
        likeness(raw),
        numbers_of(raw),
        raster_of(raw),
        lags_of(raw),
    )


def write_measured(path: Path, measured: Measured) -> None:
    """Keep in a file what was measured."""
    arrays: dict[str, Any] = {
        name: getattr(measured, name) for name in ("sfreq", "n_times", "highpass", "lowpass", "rms_uv")
    }
    arrays["eeg"] = np.array(measured.eeg, str)
    arrays["spectrum_hz"] = measured.spectrum.frequency_hz
    arrays["spectrum_power"] = (SQUARED_UV * measured.spectrum.power).astype(np.float32)
    if measured.likeness:
        arrays["likeness_names"] = np.array(measured.likeness.names, str)
        arrays["likeness_matrix"] = measured.likeness.matrix
    for what, found in (("numbers", measured.numbers), ("raster", measured.raster), ("lags", measured.lags)):
        for field in fields(found) if found else ():
            arrays[f"{what}_{field.name}"] = np.asarray(getattr(found, field.name))
    np.savez(path, **arrays)


def read_measured(path: Path) -> Measured:
    """As `write_measured` wrote it."""
    with np.load(path) as stored:
        kept = {name: stored[name] for name in stored.files}
    alike, numbers, raster, lags = None, None, None, None
    if "likeness_names" in kept:
        alike = Likeness(tuple(kept["likeness_names"].tolist()), kept["likeness_matrix"])
    if "numbers_names" in kept:
        own = {field.name: kept[f"numbers_{field.name}"] for field in fields(Numbers)}
        own |= {"names": tuple(own["names"].tolist()), "length_s": float(own["length_s"])}
        numbers = Numbers(**own)
    if "raster_names" in kept:
        names = tuple(kept["raster_names"].tolist())
        raster = Raster(names, bool(kept["raster_straight"]), kept["raster_every"])
    if "lags_names" in kept:
        own = {field.name: kept[f"lags_{field.name}"] for field in fields(Lags)}
        lags = Lags(**own | {"names": tuple(own["names"].tolist())})
    return Measured(
        float(kept["sfreq"]),
        int(kept["n_times"]),
        float(kept["highpass"]),
        float(kept["lowpass"]),
        tuple(kept["eeg"].tolist()),
        kept["rms_uv"],
        Spectrum(kept["spectrum_hz"], kept["spectrum_power"].astype(float) / SQUARED_UV),
        alike,
        numbers,
        raster,
        lags,
    )
