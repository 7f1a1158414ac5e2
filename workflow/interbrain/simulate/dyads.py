"""One run of one simulated dyad: two members, two amplifiers, two clocks, and Poly5 files as of a Mobita.

The PLV that an analysis should find can be written down in closed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from .coupling import attenuation, coupled_phases, plv_in_band
from .members import Member, Sensed, sense

TRIGGER_IDLE, TRIGGER_ACTIVE = 8, 0
SAW_MODULUS = 4096


@dataclass(frozen=True)
class Run:
    """What both members of a dyad share in one run; fields as the parameters of `simulate_dyad`."""

    plv: Mapping[str, float]
    frequencies: Mapping[str, float]
    bands: Mapping[str, Sequence[float]]
    rois: Mapping[str, Sequence[str]]
    duration_s: float
    sfreq: float
    line_frequency: float
    same_room: bool

    def oscillators(
        self, margin_s: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """True times (s), and for each band the phases of both members, shape (2, n_times)."""
        times = np.arange(-margin_s, self.duration_s + margin_s, 1 / self.sfreq)
        return times, {
            b: coupled_phases(len(times), self.sfreq, self.frequencies[b], self.plv[b], rng)
            for b in self.bands
        }

    def members(
        self, members: Sequence[Member], times: np.ndarray, pairs: Mapping, rng: np.random.Generator
    ) -> Iterator[tuple[np.ndarray, Sensed]]:
        """One after the other, because they are large: true time of each sample, and what was sensed."""
        roi_channels = [name for names in self.rois.values() for name in names]
        for index, member in enumerate(members):
            local = np.arange(int(self.duration_s * self.sfreq)) / self.sfreq
            true = (local - member.offset_s) / (1 + member.drift_ppm * 1e-6)
            room = 0.0 if self.same_room else rng.uniform(0, 2 * np.pi)
            mains = member.mains_uv * 1e-6 * np.sin(2 * np.pi * self.line_frequency * true + room)
            phases = {b: pairs[b][index] for b in self.bands}
            yield true, sense(phases, times, true, self.sfreq, self.bands, roi_channels, member, mains, rng)

    def expected_plv(self, times: np.ndarray, pairs: Mapping, reached: Sequence[Mapping]) -> dict[str, float]:
        """PLV at the sensors of each band; `reached`: SNR at the ROI channels of either member."""
        ends = np.cumsum([len(names) for names in self.rois.values()])[:-1]
        inside = (times >= 0) & (times < self.duration_s)

        def expected(band: str) -> float:
            if self.plv[band] == 0:
                return 0.0
            # The mean over the pairs of an ROI of a product is the product of the two means.
            kept = [[rho.mean() for rho in np.split(attenuation(snr[band]), ends)] for snr in reached]
            locked = plv_in_band(pairs[band], self.sfreq, self.bands[band], inside)
            return locked * float(np.mean(np.prod(kept, axis=0)))

        return {band: expected(band) for band in self.bands}


def shared_pulses(duration_s: float, rng: np.random.Generator) -> np.ndarray:
    """True times (s) of the triggers that go to both amplifiers: irregular, every 5 to 9 s."""
    pulses = np.cumsum(rng.uniform(5, 9, int(duration_s / 5) + 2)) - 3
    return pulses[(pulses > 1) & (pulses < duration_s - 1)]


def simulate_dyad(
    therapist_file: Path,
    client_file: Path,
    *,
    plv: Mapping[str, float],
    frequencies: Mapping[str, float],
    bands: Mapping[str, Sequence[float]],
    rois: Mapping[str, Sequence[str]],
    therapist: Member,
    client: Member,
    duration_s: float,
    sfreq: float,
    line_frequency: float,
    same_room: bool,
    start: datetime,
    seed: Sequence[int],
) -> dict:
    """Simulate one run of one dyad and write both raw files.

    Parameters
    ----------
    plv, frequencies, bands : mapping band -> value
        PLV between the two sources, their frequency (Hz) and the band's edges (Hz).
    same_room : bool
        Both amplifiers see the same mains (same phase); else each its own.
    start : datetime
        When the therapist's recording began, as the file's header tells it (1 s resolution).
    seed : sequence of int
        All randomness comes from here.

    Returns
    -------
    truth : dict
        bands: mapping band -> {"snr_therapist", "snr_client", "expected_plv"}, means over the ROI channels;
        `expected_plv` is the PLV at the sensors without artefacts: that of the two oscillators in this run
        (`plv_in_band`), by `attenuation`, mean over the channel pairs of each ROI, then over the ROIs; 0
        without coupling. planted: therapist and client, each a list of what `Artifacts` made, in s of the
        own amplifier's clock.
    """
    from datetime import timedelta

    run = Run(plv, frequencies, bands, rois, duration_s, sfreq, line_frequency, same_room)
    people, paths = (therapist, client), (therapist_file, client_file)
    rng = np.random.default_rng(seed)
    times, pairs = run.oscillators(2.0 + max(abs(m.offset_s) for m in people), rng)
    pulses = shared_pulses(duration_s, rng)
    reached, planted = [], []
    for (true, sensed), member, path in zip(
        run.members(people, times, pairs, rng), people, paths, strict=True
    ):
        seen = [p for i, p in enumerate(pulses) if i != member.missed_pulse]
        began = start - timedelta(seconds=member.offset_s)
        _write_mobita(path, sensed.eeg, sfreq, true, seen, member, began, rng)
        reached.append(sensed.snr)
        planted.append(sensed.planted)
    expected = run.expected_plv(times, pairs, reached)
    return {
        "bands": {
            b: {
                "snr_therapist": float(reached[0][b].mean()),
                "snr_client": float(reached[1][b].mean()),
                "expected_plv": expected[b],
            }
            for b in bands
        },
        "planted": {"therapist": planted[0], "client": planted[1]},
    }


def _write_mobita(
    path: Path,
    eeg: np.ndarray,
    sfreq: float,
    true_times: np.ndarray,
    pulses: Sequence[float],
    member: Member,
    began: datetime,
    rng: np.random.Generator,
) -> None:
    """The 37 channels of a Mobita: 32 ExG, accelerometer, digital input, saw-tooth counter."""
    from interbrain.formats.poly5_writing import write_poly5

    n = eeg.shape[1]
    digital = np.full(n, float(TRIGGER_IDLE))
    for pulse in pulses:
        digital[(true_times >= pulse) & (true_times < pulse + 0.04)] = TRIGGER_ACTIVE
    gravity = np.array([[0.0], [0.1], [1.0]]) + 0.01 * rng.standard_normal((3, n))
    saw = np.arange(n) % SAW_MODULUS
    data = np.vstack([eeg * 1e6, gravity, digital, saw])
    if member.lost_s:
        first, count = int(member.lost_at_s * sfreq), int(member.lost_s * sfreq)
        data = np.delete(data, np.s_[first : first + count], axis=1)
    names = [f"ExG{i:02d}" for i in range(1, 33)] + ["X", "Y", "Z", "Digi", "Saw"]
    units = ["µVolt"] * 32 + ["g"] * 3 + ["", ""]
    write_poly5(path, data, sfreq, names, units, name="simulated", start=began)
