"""How often wrong gains, interpolation, z-scores and holes in the spectrum are named, on a held-out set.

Run by hand: python benchmarks/held_out_numbers.py [--heads 60] [--sound 200]
Prints the shares that docs/recordings.md gives. The heads are those of `held_out_faults`.
"""
# ruff: noqa: I001  the other benchmark limits the threads, and must come before NumPy

from held_out_faults import Head, Shares, head, raw_of, rng_of

import argparse

import numpy as np
from scipy.signal import filtfilt, iirnotch

from interbrain.formats.alterations import note_alterations
from interbrain.formats.contradictions import holes_hz
from interbrain.formats.notes import noted
from interbrain.formats.numbers import numbers_of
from interbrain.formats.spectrum import recorded_spectrum


def said_of_numbers(own: Head, data: np.ndarray) -> str:
    with noted() as notes:
        note_alterations(numbers_of(raw_of(own, data)))
    return " ".join(notes)


def sound(own: Head, shares: Shares) -> None:
    """What is named in a recording in which nothing is wrong, in its own reference and in the average."""
    shares.add("FALSE: a hole in the spectrum", bool(holes_hz(recorded_spectrum(raw_of(own)))))
    shares.add("FALSE: gains, dimensions, z-scores, a weaker part", bool(said_of_numbers(own, own.data)))
    referred = own.data - own.data.mean(axis=0)
    shares.add("FALSE: the same, average reference", bool(said_of_numbers(own, referred)))


def numbers(own: Head, shares: Shares, rng: np.random.Generator) -> None:
    """Gains, sums of channels, z-scores, rectified channels, a weaker part, holes in the spectrum."""
    n, n_times = own.data.shape
    for what, count, gain in (
        ("one channel at a tenth", 1, 0.1),
        ("one channel at ten times", 1, 10.0),
        ("a quarter of the channels at a tenth", n // 4, 0.1),
        ("a quarter of the channels at ten times", n // 4, 10.0),
    ):
        data = own.data.copy()
        data[rng.choice(n, count, replace=False)] *= gain
        shares.add(what, "times" in said_of_numbers(own, data))
    raw = raw_of(own)
    raw.set_montage("colin27_1005", verbose="error")
    raw.info["bads"] = rng.choice(own.names, 2, replace=False).tolist()
    filled = 1e-7 * np.round(1e7 * raw.interpolate_bads(verbose="error").get_data())
    shares.add(
        "two channels interpolated, steps of .1 uV", "2 dimensions fewer" in said_of_numbers(own, filled)
    )
    patterns = np.linalg.svd(own.data @ own.data.T)[0][:, rng.choice(n // 2, 3, replace=False)]
    cleaned = own.data - patterns @ (patterns.T @ own.data)
    shares.add("three components removed", "dimensions fewer" in said_of_numbers(own, cleaned))
    centred = own.data - own.data.mean(axis=1, keepdims=True)
    scores = 1e-5 * centred / centred.std(axis=1, keepdims=True)
    shares.add("z-scores", "z-scores" in said_of_numbers(own, scores))
    shares.add("rectified", "below zero" in said_of_numbers(own, np.abs(centred)))
    for share in (0.5, 0.8):
        first, data = int(share * n_times), own.data.copy()
        data[:, first:] = 1e-6 * rng.uniform(0.3, 1.5) * rng.standard_normal((n, n_times - first))
        shares.add(
            f"noise of an amplifier from {share:.0%} of the time on", "weaker" in said_of_numbers(own, data)
        )
    at = rng.uniform(5, 12)
    for quality in (30, 10, 3):
        data = filtfilt(*iirnotch(at, quality, own.sfreq), own.data, axis=1)
        holes = holes_hz(recorded_spectrum(raw_of(own, data)))
        shares.add(f"notch at 5 to 12 Hz, Q {quality}", any(abs(hz - at) < 1 for hz in holes))
    for seconds in (0.05, 0.08, 0.12):
        width = round(seconds * own.sfreq)
        data = np.array([np.convolve(row, np.full(width, 1 / width), "same") for row in own.data])
        spectrum = recorded_spectrum(raw_of(own, data))
        shares.add(f"moving average over {seconds:g} s", bool(holes_hz(spectrum) or spectrum.highest_hz))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heads", type=int, default=60)
    parser.add_argument("--sound", type=int, default=200)
    parser.add_argument("--seed", type=int, default=31000)
    args = parser.parse_args()
    shares = Shares()
    for number in range(args.sound):
        sound(head(args.seed, number), shares)
    for number in range(args.heads):
        numbers(head(args.seed, number), shares, rng_of(args.seed, number, 2))
    shares.print()


if __name__ == "__main__":
    main()
