"""One run of one simulated dyad: two members, two amplifiers, two clocks, and Poly5 files as of a Mobita.

The PLV that an analysis should find can be written down in closed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from .bodies import CHANNELS as AUXILIARY
from .bodies import Body, truth_of, two_bodies
from .coupling import attenuation, coupled_phases, plv_in_band
from .events import during
from .heads import CHANNELS
from .members import Member, Sensed, sense
from .sessions import Session

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
    channels: Sequence[str] = tuple(CHANNELS)
    session: Session | None = None

    def oscillators(
        self, margin_s: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """True times (s), and for each band the phases of both members, shape (2, n_times)."""
        times = np.arange(-margin_s, self.duration_s + margin_s, 1 / self.sfreq)
        return times, {
            b: coupled_phases(len(times), self.sfreq, self.frequencies[b], self._source_plv(times, b), rng)
            for b in self.bands
        }

    def _source_plv(self, times: np.ndarray, band: str) -> float | np.ndarray:
        elsewhere = self.plv[band]
        return self.session.source_plv(times, band, elsewhere) if self.session else elsewhere

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
            yield (
                true,
                sense(
                    *(phases, times, true, self.sfreq, self.bands, roi_channels, member, mains, rng),
                    channels=self.channels,
                ),
            )

    def expected_plv(self, times: np.ndarray, pairs: Mapping, reached: Sequence[Mapping]) -> dict[str, float]:
        """PLV at the sensors of each band; `reached`: SNR at the ROI channels of either member.

        Of a session with events the mean over its time.
        """
        inside = (times >= 0) & (times < self.duration_s)
        if self.session is None or not self.session.events:
            return {b: self._expected(b, self.plv[b], pairs, reached, inside) for b in self.bands}
        share = float(during(times[inside], self.session.events).mean())
        return {
            band: share * found["events"] + (1 - share) * found["elsewhere"]
            for band, found in self.expected_by_moment(times, pairs, reached).items()
        }

    def expected_by_moment(
        self, times: np.ndarray, pairs: Mapping, reached: Sequence[Mapping]
    ) -> dict[str, dict[str, float]]:
        """The same within coded events, `events`, and outside of them, `elsewhere`."""
        assert self.session is not None
        inside = (times >= 0) & (times < self.duration_s)
        there = during(times, self.session.events)
        moments = {"events": inside & there, "elsewhere": inside & ~there}
        found: dict[str, dict[str, float]] = {}
        for band in self.bands:
            plv = {"elsewhere": self.plv[band]}
            plv["events"] = self.session.plv_in_events.get(band, plv["elsewhere"])
            found[band] = {
                moment: self._expected(band, plv[moment], pairs, reached, where)
                for moment, where in moments.items()
            }
        return found

    def _expected(
        self, band: str, plv: float, pairs: Mapping, reached: Sequence[Mapping], where: np.ndarray
    ) -> float:
        if plv == 0 or not where.any():
            return 0.0
        ends = np.cumsum([len(names) for names in self.rois.values()])[:-1]
        # The mean over the pairs of an ROI of a product is the product of the two means.
        kept = [[rho.mean() for rho in np.split(attenuation(snr[band]), ends)] for snr in reached]
        locked = plv_in_band(pairs[band], self.sfreq, self.bands[band], where)
        return locked * float(np.mean(np.prod(kept, axis=0)))


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
    channels: Sequence[str] = CHANNELS,
    session: Session | None = None,
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
    channels : sequence of str
        The EEG channels that the amplifiers have, those of the ROIs among them.
    session : Session or None
        Coded events and bodies; the files then have the auxiliary channels EDA and ECG, and the accelerometer
        records movement. The brains' randomness is the same without.

    Returns
    -------
    truth : dict
        bands: mapping band -> {"snr_therapist", "snr_client", "expected_plv"}, means over the ROI channels;
        `expected_plv` is the PLV at the sensors without artefacts: that of the two oscillators in this run
        (`plv_in_band`), by `attenuation`, mean over the channel pairs of each ROI, then over the ROIs; 0
        without coupling. planted: therapist and client, each a list of what `Artifacts` made, in s of the
        own amplifier's clock. Of a session also moments: mapping band -> {"events", "elsewhere"}, expected
        PLV within coded events and outside of them; and bodies, as `bodies.truth_of` gives them.
    """
    from datetime import timedelta

    run = Run(plv, frequencies, bands, rois, duration_s, sfreq, line_frequency, same_room, channels, session)
    people, paths = (therapist, client), (therapist_file, client_file)
    rng = np.random.default_rng(seed)
    margin = 2.0 + max(abs(m.offset_s) for m in people)
    times, pairs = run.oscillators(margin, rng)
    bodies = _bodies(run, margin, seed)
    pulses = shared_pulses(duration_s, rng)
    reached, planted = [], []
    for (true, sensed), member, path, body in zip(
        run.members(people, times, pairs, rng), people, paths, bodies, strict=True
    ):
        seen = [p for i, p in enumerate(pulses) if i != member.missed_pulse]
        began = start - timedelta(seconds=member.offset_s)
        _write_mobita(path, sensed.eeg, channels, sfreq, true, seen, member, began, rng, body)
        reached.append(sensed.snr)
        planted.append(sensed.planted)
    expected = run.expected_plv(times, pairs, reached)
    truth = {
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
    if session is not None:
        truth["moments"] = run.expected_by_moment(times, pairs, reached)
        truth["bodies"] = truth_of(session.bodies)
    return truth


def _bodies(
    run: Run, margin_s: float, seed: Sequence[int]
) -> Sequence[tuple[Body, np.random.Generator] | None]:
    """Each member's body, with a generator of its own for the sensors' noise; None without a session."""
    if run.session is None:
        return (None, None)
    rng = np.random.default_rng([*seed, 1])
    made = two_bodies(run.session.bodies, -margin_s, run.duration_s + margin_s, rng)
    return [(body, rng) for body in made]


def _write_mobita(
    path: Path,
    eeg: np.ndarray,
    channels: Sequence[str],
    sfreq: float,
    true_times: np.ndarray,
    pulses: Sequence[float],
    member: Member,
    began: datetime,
    rng: np.random.Generator,
    body: tuple[Body, np.random.Generator] | None,
) -> None:
    """The channels of a Mobita: 32 ExG, accelerometer, digital input, saw-tooth counter; also EDA and ECG.

    An ExG input has the number of its channel in `CHANNELS`, whichever of them are used.
    """
    from interbrain.formats.poly5_writing import write_poly5

    n = eeg.shape[1]
    digital = np.full(n, float(TRIGGER_IDLE))
    for pulse in pulses:
        digital[(true_times >= pulse) & (true_times < pulse + 0.04)] = TRIGGER_ACTIVE
    acceleration = np.array([[0.0], [0.1], [1.0]]) + 0.01 * rng.standard_normal((3, n))
    beside = np.empty((0, n))
    if body is not None:
        beside = body[0].channels(true_times, body[1])
        acceleration = body[0].acceleration(true_times, body[1])
    saw = np.arange(n) % SAW_MODULUS
    used = [CHANNELS.index(name) for name in channels]
    data = np.vstack([eeg[used] * 1e6, beside, acceleration, digital, saw])
    if member.lost_s:
        first, count = int(member.lost_at_s * sfreq), int(member.lost_s * sfreq)
        data = np.delete(data, np.s_[first : first + count], axis=1)
    auxiliary = AUXILIARY if body is not None else {}
    names = [*(f"ExG{i + 1:02d}" for i in used), *auxiliary, "X", "Y", "Z", "Digi", "Saw"]
    units = ["µVolt"] * len(used) + [*auxiliary.values()] + ["g"] * 3 + ["", ""]
    write_poly5(path, data, sfreq, names, units, name="simulated", start=began)
