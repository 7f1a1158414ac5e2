"""How often held samples, late channels, derivatives and sums are named, and sound recordings, held out.

Run by hand: python benchmarks/held_out_timing.py [faults] [sound] [--heads 30] [--sound 120] [--real FOLDER]
Prints the shares that docs/recordings.md gives. The heads are those of `held_out_faults`; in half of the
sound ones a rhythm travels over the head. Each sound recording, and each EDF or epochs file below FOLDER, is
also brought to other rates, filtered, rounded, referred to the average, and freed of its largest components.
"""
# ruff: noqa: I001  the other benchmark limits the threads, and must come before NumPy

from held_out_faults import CAPS, Head, Shares, head, raw_of, rhythm, rng_of

import argparse
from collections.abc import Iterator
from pathlib import Path

import mne
import numpy as np

from interbrain.formats import read_recording
from interbrain.formats.channel_lags import lags_of
from interbrain.formats.delays import Late, late_channels
from interbrain.formats.holds import measured_at
from interbrain.formats.notes import noted
from interbrain.formats.rasters import raster_of
from interbrain.formats.slopes import note_slope
from interbrain.formats.spectrum import recorded_spectrum
from interbrain.head import electrode_places
from interbrain.simulate import Artifacts, Member, simulate_recording


def rounded(data: np.ndarray, step_uv: float) -> np.ndarray:
    """In steps of so many µV; 0: as it is."""
    step = 1e-6 * step_uv
    return step * np.round(data / step) if step_uv else data


def eeg_of(raw: mne.io.BaseRaw, data: np.ndarray, sfreq: float | None = None) -> mne.io.BaseRaw:
    """The same channels with other data."""
    info = mne.create_info(raw.ch_names, sfreq or raw.info["sfreq"], "eeg")
    return mne.io.RawArray(data, info, verbose="error")


def rate_of(raw: mne.io.BaseRaw, straight: bool | None = None) -> float:
    """The rate at which it was measured, if it is called held (or straight, or any of both); else 0."""
    found = raster_of(raw)
    if found is None or straight not in (None, found.straight):
        return 0.0
    return measured_at(found, float(raw.info["sfreq"])) or 0.0


def late_of(raw: mne.io.BaseRaw) -> Late | None:
    return late_channels(lags_of(raw))


def slope_of(raw: mne.io.BaseRaw) -> str:
    with noted() as notes:
        note_slope(recorded_spectrum(raw))
    return " ".join(notes)


def travelling(own: Head, rng: np.random.Generator) -> Head:
    """The head with a rhythm that travels over it from front to back or back, 10 to 60 ms in all."""
    where = np.array([electrode_places()[name][1] for name in own.names])
    late = rng.choice([-1, 1]) * rng.uniform(0.01, 0.06) * (where - where.min()) / np.ptp(where)
    wave = rhythm(rng.uniform(5, 12), own.data.shape[1], own.sfreq, rng)
    hz = np.fft.rfftfreq(len(wave), 1 / own.sfreq)
    moved = np.fft.irfft(np.fft.rfft(wave) * np.exp(-2j * np.pi * np.outer(late, hz)), len(wave), axis=1)
    size = 1e-6 * rng.lognormal(2.2, 0.7)
    return Head(own.data + size * moved, own.names, own.sfreq, own.mains_uv)


def variants(raw: mne.io.BaseRaw, rng: np.random.Generator) -> Iterator[tuple[str, mne.io.BaseRaw]]:
    """A sound recording as it is, and as laboratories save it."""
    yield "as it is", raw
    data = raw.get_data()
    for step in (0.1, 0.5, 2.0):
        yield f"in steps of {step:g} uV", eeg_of(raw, rounded(data, step))
    yield "average reference", eeg_of(raw, data - data.mean(axis=0))
    quiet = raw.copy().filter(0.5, 40, verbose="error").get_data()
    yield "0.5 to 40 Hz", eeg_of(raw, quiet)
    yield "0.5 to 40 Hz, steps of 0.1 uV", eeg_of(raw, rounded(quiet, 0.1))
    patterns = np.linalg.svd(quiet @ quiet.T)[0][:, :3]
    yield "its three largest components removed", eeg_of(raw, quiet - patterns @ (patterns.T @ quiet))
    for rate in rng.choice([128, 250, 500, 1000], 2, replace=False):
        moved = raw.copy().resample(rate, verbose="error").get_data()
        yield f"resampled to {rate} Hz", eeg_of(raw, moved, rate)
        yield f"resampled to {rate} Hz, steps of 0.1 uV", eeg_of(raw, rounded(moved, 0.1), rate)


def sound(raw: mne.io.BaseRaw, kind: str, shares: Shares, rng: np.random.Generator) -> None:
    """What is named in a recording in which nothing is wrong."""
    for how, own in variants(raw, rng):
        for what, found in (
            ("held samples", rate_of(own)),
            ("late channels", late_of(own)),
            ("a derivative or a sum", slope_of(own)),
        ):
            shares.add(f"FALSE, {kind}: {what}", bool(found))
            if found:
                print(f"FALSE {kind}, {how}: {found} ({own.info['sfreq']:g} Hz)", flush=True)


def from_simulator(number: int) -> mne.io.BaseRaw:
    """A recording of the simulator: rhythms weak or strong, with or without what people do."""
    rng = rng_of(77000, number)
    busy = Artifacts(
        blinks_per_minute=rng.uniform(5, 30),
        saccades_per_minute=rng.uniform(0, 20),
        muscle_bursts_per_minute=rng.uniform(0, 20),
        heart_uv=rng.uniform(0, 40),
        drift_uv=rng.uniform(0, 200),
        noisy=("F7", "P4"),
        bridged=(("C3", "CP1"),),
    )
    member = Member(
        snr=rng.choice([0.2, 1, 4, 20, 100]),
        mains_uv=rng.choice([0, 6, 40, 200]),
        artifacts=busy if rng.random() < 0.5 else Artifacts(),
    )
    rate = rng.choice([128, 250, 500, 1000])
    made = simulate_recording(member, seed=[77000, number], duration_s=40, sfreq=rate).raw
    return eeg_of(made.pick("eeg"), made.get_data())


def real(folder: Path) -> Iterator[mne.io.BaseRaw]:
    """The recordings below a folder: EDF files, less zeros at their end, and epochs that are joined."""
    for path in sorted(folder.rglob("*.edf")):
        try:
            with noted():
                raw = read_recording(path).raw
        except Exception as error:  # damaged on purpose
            print(f"{path.name} left out: {error}")
            continue
        there = np.flatnonzero(np.abs(raw.get_data("eeg")).sum(axis=0))
        raw.pick("eeg").crop(0, float(raw.times[there[-1]]))
        yield eeg_of(raw, raw.get_data())
    for path in sorted(folder.rglob("*.fif")):
        epochs = mne.read_epochs(path, verbose="error").pick("eeg")
        yield eeg_of(epochs, np.hstack(list(epochs.get_data())))


def held(own: Head, shares: Shares) -> None:
    """Samples held or connected by lines, all channels or half of them."""
    n = own.data.shape[1]
    for step in (0.0, 0.1, 0.5):
        data, unit = rounded(own.data, step), f"steps of {step:g} uV" if step else "floating-point"
        for rate, what in ((2 * own.sfreq, "twice"), (4 * own.sfreq, "four times"), (1000.0, "to 1000 Hz")):
            places = np.arange(int(n * rate / own.sfreq)) * own.sfreq / rate
            found = rate_of(raw_of(own, data[:, np.floor(places).astype(int)], sfreq=rate), straight=False)
            shares.add(f"held, {what}, {unit}", abs(found / own.sfreq - 1) < 0.01)
            lines = np.array([np.interp(places, np.arange(n), row) for row in data])
            found = rate_of(raw_of(own, rounded(lines, step), sfreq=rate), straight=True)
            shares.add(f"straight lines, {what}, {unit}", found > 0)
    half, some = own.data.copy(), len(own.names) // 2
    slow = np.repeat(own.data[:some, ::4], 4, axis=1)[:, :n]
    half[:some, : slow.shape[1]] = slow
    found = raster_of(raw_of(own, half))
    right = found and measured_at(found, own.sfreq) and len(found.names) == some
    shares.add("held, four times, half of the channels", bool(right))
    one = np.repeat(rounded(own.data[:1], 0.5), 4, axis=1)
    found = rate_of(raw_of(own, one, own.names[:1], 4 * own.sfreq))
    shares.add("held, four times, one channel in steps of 0.5 uV", found > 0)


def late(own: Head, label: str, shares: Shares, rng: np.random.Generator) -> None:
    """A group of channels that is late; referred to an electrode, or afterwards to the average."""
    n, n_times = own.data.shape
    hz = np.fft.rfftfreq(n_times, 1 / own.sfreq)
    groups = {
        "the second half": np.arange(n) >= n // 2,
        "the last quarter": np.arange(n) >= n - n // 4,
        "any half": rng.permutation(n) >= n // 2,
    }
    for lag in (0.004, 0.008, 0.02, 0.05, 0.1, 0.2):
        for which, group in groups.items():
            data = own.data.copy()
            turned = np.fft.rfft(data[group], axis=1) * np.exp(-2j * np.pi * hz * lag)
            data[group] = np.fft.irfft(turned, n_times, axis=1)
            for reference in ("", ", then average reference"):
                found = late_of(raw_of(own, data - data.mean(axis=0) if reference else data))
                right = bool(found) and abs(abs(found.lag_s) - lag) < 0.003
                if right:
                    named = np.isin(own.names, found.names)
                    right = min((named != group).mean(), (named == group).mean()) < 0.15
                shares.add(f"late by {1000 * lag:g} ms, {label}{reference}", right)
                shares.add(f"late by 8 ms and more: {which}{reference}", right) if lag > 0.005 else None


def slopes(own: Head, shares: Shares) -> None:
    """Derivatives and sums; the sums less their drift, as an export would have to."""
    shares.add("differentiated", "differentiated" in slope_of(raw_of(own, np.diff(own.data, axis=1))))
    total = raw_of(own, np.cumsum(own.data - own.data.mean(axis=1, keepdims=True), axis=1))
    total.filter(0.5, None, verbose="error")
    shares.add("integrated", "integrated" in slope_of(total))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", default=["faults", "sound"])
    parser.add_argument("--heads", type=int, default=30)
    parser.add_argument("--sound", type=int, default=120)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--seed", type=int, default=42000)
    args = parser.parse_args()
    shares = Shares()
    for number in range(args.sound if "sound" in args.what else 0):
        own, rng = head(args.seed, number), rng_of(args.seed, number, 3)
        sound(raw_of(travelling(own, rng) if number % 2 else own), "head", shares, rng)
        if number % 3 == 0:
            sound(from_simulator(args.seed + number), "simulator", shares, rng)
    for number, raw in enumerate(real(args.real) if args.real and "sound" in args.what else []):
        sound(raw, "real", shares, rng_of(args.seed, number, 4))
    for number in range(args.heads if "faults" in args.what else 0):
        own = head(args.seed, number)
        held(own, shares)
        late(
            own,
            f"{len(own.names) if len(own.names) == min(CAPS) else '21 and more'} channels",
            shares,
            rng_of(args.seed, number, 5),
        )
        slopes(own, shares)
    shares.print()


if __name__ == "__main__":
    main()
