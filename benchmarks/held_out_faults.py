"""How often faults of recordings and of answers are named, and how often sound ones are, on a held-out set.

Run by hand: python benchmarks/held_out_faults.py [recordings] [answers] [--heads 48] [--tables 600]
Prints the shares that docs/recordings.md and docs/howto/add-a-questionnaire.md give as held out. The limits
were chosen on other recordings (those of the tests and 13 real ones); here are other seeds and another kind
of head: random dipoles instead of the simulator's sources, spectra with a knee, up to three rhythms or none,
some of them no sine, 12 to 46 channels, other rates and references, drifts, blinks and bad channels.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
from collections import Counter
from dataclasses import dataclass

import mne
import numpy as np
import pandas as pd
from scipy.signal import butter, firwin, sosfilt, sosfiltfilt
from scipy.stats import beta

from interbrain.formats.channel_likeness import Likeness, likeness
from interbrain.formats.contradictions import filters_of
from interbrain.formats.fillings import mark_fillings
from interbrain.formats.lines import other_rate
from interbrain.formats.measurements import measured_of
from interbrain.formats.notes import noted
from interbrain.formats.sites import fits_nowhere, shift, swapped
from interbrain.formats.spectrum import recorded_spectrum
from interbrain.formats.splices import splices
from interbrain.head import electrode_places
from interbrain.study.plausibility import implausible_answers
from interbrain.study.settings import Questionnaire

SECONDS = 72
RATES_HZ = (160, 220, 300, 400, 600)
CAPS = {
    12: "F7 F3 Fz F4 F8 T7 C3 C4 T8 P3 P4 Oz",
    21: "Fp1 Fpz Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 Oz O2",
    28: "Fp1 Fp2 F7 F3 Fz F4 F8 FC5 FC1 FC2 FC6 T7 C3 Cz C4 T8 CP5 CP1 CP2 CP6 P7 P3 Pz P4 P8 O1 Oz O2",
    46: "Fp1 Fp2 AF7 AF3 AF4 AF8 F7 F5 F3 F1 Fz F2 F4 F6 F8 FC5 FC3 FC1 FCz FC2 FC4 FC6 T7 C5 C3 C1 Cz C2 C4 "
    "C6 T8 CP5 CP3 CPz CP4 CP6 P7 P3 Pz P4 P8 PO7 PO8 O1 Oz O2",
}
HEAD_M = 0.095


@dataclass(frozen=True)
class Head:
    """One person's recording, V, and how it was made."""

    data: np.ndarray
    names: list[str]
    sfreq: float
    mains_uv: float


def rng_of(*seed: int) -> np.random.Generator:
    return np.random.default_rng(list(seed))


def coloured(n: int, n_times: int, sfreq: float, slope: float, knee_hz: float, rng: np.random.Generator):
    """Noise of a spectrum 1/(knee^slope + f^slope), SD 1, shape (n, n_times)."""
    hz = np.fft.rfftfreq(n_times, 1 / sfreq)
    size = 1 / np.sqrt(knee_hz**slope + np.maximum(hz, hz[1]) ** slope)
    phases = rng.standard_normal((n, len(hz))) + 1j * rng.standard_normal((n, len(hz)))
    noise = np.fft.irfft(phases * size, n_times, axis=1)
    return noise / noise.std(axis=1, keepdims=True)


def rhythm(hz: float, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """A rhythm that waxes and wanes, and is no sine in one person of three; RMS 1."""
    drift = np.cumsum(rng.standard_normal(n_times)) * np.sqrt(2 * np.pi * rng.uniform(0.3, 1.5) / sfreq)
    phase = 2 * np.pi * hz * np.arange(n_times) / sfreq + drift
    wave = np.cos(phase) + (rng.uniform(0.1, 0.4) * np.cos(2 * phase + 1) if rng.random() < 1 / 3 else 0)
    wave *= np.exp(0.5 * coloured(1, n_times, sfreq, 2, 0.2, rng)[0])
    return wave / wave.std()


def sources(n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """Background of one slope and knee, and up to three rhythms in a part of the sources each, in µV."""
    n = 40
    slope, knee = rng.uniform(0.8, 2.2), rng.choice([0.0, rng.uniform(1, 8)])
    found = rng.uniform(4, 12) * coloured(n, n_times, sfreq, slope, knee, rng)
    for low, high, share in ((4, 7, 0.3), (7.5, 12.5, 0.85), (14, 24, 0.4)):
        if rng.random() < share:
            where = rng.choice(n, rng.integers(2, 9), replace=False)
            hz = rng.uniform(low, high)
            for k in where:
                found[k] += rng.lognormal(2.2, 0.7) * rhythm(hz, n_times, sfreq, rng)
    return found


def head(seed: int, number: int) -> Head:
    """A sound recording of one person."""
    rng = rng_of(seed, number)
    sfreq, cap = float(rng.choice(RATES_HZ)), CAPS[int(rng.choice(list(CAPS)))].split()
    n_times = int(SECONDS * sfreq)
    places = np.array([electrode_places()[name] for name in cap])
    places = places - places.mean(axis=0) + [0, 0, 0.02]
    direction = rng.standard_normal((40, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    at = direction * [[1, 1, 0.8]] * HEAD_M * rng.uniform(0.45, 0.8, (40, 1))
    moment = rng.standard_normal((40, 3))
    apart = places[:, None] - at[None]
    field = (apart * moment).sum(axis=2) / np.linalg.norm(apart, axis=2) ** 3
    field /= np.abs(field).max(axis=0) * rng.uniform(1.0, 2.5, 40)
    data = field @ sources(n_times, sfreq, rng)
    eyes = np.exp(-np.linalg.norm(places - [0, 0.11, 0.0], axis=1) / 0.035)
    for blink in rng.uniform(2, SECONDS - 2, rng.poisson(SECONDS / rng.uniform(3, 8))):
        course = np.exp(-(((np.arange(n_times) / sfreq - blink) / 0.1) ** 2))
        data += rng.uniform(60, 250) * np.outer(eyes, course)
    data += rng.uniform(0.3, 3.0) * rng.standard_normal(data.shape)
    data += rng.uniform(0, 60) * coloured(len(cap), n_times, sfreq, 2.5, 0, rng) * (rng.random() < 0.5)
    mains = float(rng.choice([0, 1, 5, 25]))
    time = np.arange(n_times) / sfreq
    for k, share in ((1, 1.0), (2, 0.2), (3, 0.4)):
        if 50 * k < 0.45 * sfreq:
            size = mains * share * rng.lognormal(0, 0.4, (len(cap), 1))
            data += size * np.sin(2 * np.pi * 50 * k * time + rng.uniform(0, 6))
    bad = rng.random(len(cap)) < rng.choice([0, 0.05, 0.12])
    data[bad] += rng.uniform(15, 60) * coloured(int(bad.sum()), n_times, sfreq, 1.0, 0, rng)
    reference = rng.integers(3)
    data = data - (
        data.mean(axis=0) if reference == 0 else data[len(cap) // 2] * 0.97 if reference == 1 else 0
    )
    if rng.random() < 0.6:
        order, low = int(rng.integers(1, 3)), rng.uniform(0.05, 0.8)
        data = sosfilt(butter(order, low, "high", fs=sfreq, output="sos"), data, axis=1)
    if rng.random() < 0.3:
        data = sosfiltfilt(butter(4, rng.uniform(40, 0.42 * sfreq), fs=sfreq, output="sos"), data, axis=1)
        mains = 0.0
    return Head(1e-6 * data, cap, sfreq, mains)


def raw_of(own: Head, data=None, names=None, sfreq=None) -> mne.io.RawArray:
    info = mne.create_info(list(own.names if names is None else names), sfreq or own.sfreq, "eeg")
    return mne.io.RawArray(own.data if data is None else data, info, verbose="error")


class Shares:
    """How often something was named, of how many."""

    def __init__(self) -> None:
        self.named: Counter[str] = Counter()
        self.all: Counter[str] = Counter()

    def add(self, what: str, named: bool) -> None:
        self.named[what] += bool(named)
        self.all[what] += 1

    def print(self) -> None:
        for what, n in self.all.items():
            k = self.named[what]
            low = beta.ppf(0.025, k, n - k + 1) if k else 0.0
            high = beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
            print(f"{what:62s} {k:4d} of {n:4d}   [{low:.3f}, {high:.3f}]", flush=True)


def said_of_fillings(own: Head, data: np.ndarray) -> str:
    with noted() as notes:
        mark_fillings(raw_of(own, data))
    return " ".join(notes)


def sound(own: Head, shares: Shares) -> None:
    """What is named in a recording in which nothing is wrong."""
    raw = raw_of(own)
    measured = measured_of(raw)
    low, high = filters_of(measured)
    shares.add("FALSE: a filter", bool(low or (high and high < 28)))
    shares.add("FALSE: another rate", other_rate(measured.spectrum, own.sfreq) is not None)
    found = measured.likeness
    wrong = found and (shift(found) or fits_nowhere(found) or swapped([found]))
    shares.add("FALSE: labels moved, of another cap, or swapped", bool(wrong))
    pieces = splices(raw)
    shares.add("FALSE: cuts or joined epochs", bool(pieces.at_s or pieces.epoch_s))
    shares.add("FALSE: filled, repeated, overflowed or coarse", bool(said_of_fillings(own, own.data)))


def filters(own: Head, shares: Shares, rng: np.random.Generator) -> None:
    """Filters in the bands, of several orders and kinds."""
    for kind, order in (("low", 2), ("low", 4), ("low", 8), ("high", 2), ("high", 4), ("high", 8)):
        edge = rng.uniform(8, 15) if kind == "low" else rng.uniform(3, 8)
        sos = butter(order, edge, kind, fs=own.sfreq, output="sos")
        data = sosfilt(sos, own.data, axis=1)
        low, high = filters_of(measured_of(raw_of(own, data)))
        found = low if kind == "high" else (high and high < 28)
        shares.add(f"{kind}-pass of order {order}", bool(found))
    taps = firwin(int(3.3 / 2 * own.sfreq) | 1, rng.uniform(8, 15), fs=own.sfreq)
    data = np.array([np.convolve(row, taps, "same") for row in own.data])
    low, high = filters_of(measured_of(raw_of(own, data)))
    shares.add("low-pass, FIR with a transition of 2 Hz", bool(high and high < 28))


def rates(own: Head, shares: Shares) -> None:
    """A rate that is wrong by 2.4 % or twofold, where the mains are seen."""
    spectrum = recorded_spectrum(raw_of(own))
    if not spectrum.mains_hz:
        return
    for times in (1.024, 1 / 1.024, 2.0, 0.5):
        stated = own.sfreq / times
        found = other_rate(recorded_spectrum(raw_of(own, sfreq=stated)), stated)
        shares.add(f"true rate / stated rate {times:.3g}", bool(found))


def labels(own: Head, shares: Shares, rng: np.random.Generator) -> None:
    """Labels moved by a place, of another cap, and bipolar derivations."""

    def named(data=None, names=None) -> tuple[bool, bool, bool]:
        found = likeness(raw_of(own, data, names))
        if found is None:
            return False, False, False
        return shift(found) != 0, fits_nowhere(found), swapped([found]) is not None

    size = "12 channels" if len(own.names) == 12 else "21 and more"
    moved = named(names=np.roll(own.names, int(rng.choice([1, -1]))))
    shares.add(f"labels moved by one place, {size}", moved[0] or moved[1])
    shares.add(f"labels of another cap, {size}", any(named(names=rng.permutation(own.names))[:2]))
    shares.add(f"bipolar derivations, {size}", any(named(data=own.data - np.roll(own.data, -1, axis=0))[:2]))


def alike(found: list[Likeness | None]) -> list[Likeness]:
    """Those of which the same channels count, as the doctor groups them."""
    names = Counter(one.names for one in found if one)
    return [one for one in found if one and one.names == max(names, key=names.__getitem__)]


def cap_maps(seed: int, n: int, shares: Shares) -> None:
    """Two neighbouring labels swapped in all of five recordings with one cap."""
    rng, by_cap = rng_of(seed, 99), {}
    for number in range(n):
        own = head(seed, 1000 + number)
        by_cap.setdefault(tuple(own.names), []).append(own)
    for names, heads in by_cap.items():
        for first in range(0, len(heads) - 4, 5):
            group = heads[first : first + 5]
            found = alike([likeness(raw_of(own)) for own in group])
            shares.add("FALSE: a swap in five recordings", len(found) >= 4 and swapped(found) is not None)
            at = rng.integers(len(names) - 1)
            wrong = list(names)
            wrong[at], wrong[at + 1] = wrong[at + 1], wrong[at]
            found = alike([likeness(raw_of(own, names=wrong)) for own in group])
            pair = swapped(found) if len(found) >= 4 else None
            shares.add(
                "neighbours in the file swapped, five recordings", set(pair or ()) == {*wrong[at : at + 2]}
            )


def breaks(own: Head, shares: Shares, rng: np.random.Generator) -> None:
    """Cuts, joins, filled losses, blocks sent twice, overflows."""

    def fillings(data: np.ndarray) -> str:
        return said_of_fillings(own, data)

    n, second = own.data.shape[1], int(own.sfreq)
    at = int(rng.uniform(0.3, 0.6) * n)
    jumps = splices(raw_of(own, np.delete(own.data, slice(at, at + 5 * second), axis=1)))
    shares.add("5 s cut out once", bool(jumps.at_s))
    jumps = splices(raw_of(own, np.delete(own.data, slice(at, at + second // 10), axis=1)))
    shares.add("0.1 s lost once", bool(jumps.at_s))
    kept = [k for k in range(0, n - 2 * second, 2 * second) if rng.random() > 0.25]
    pieces = [own.data[:, k : k + 2 * second] for k in kept]
    epochs = np.hstack(pieces)
    shares.add("epochs of 2 s joined, a quarter left out", splices(raw_of(own, epochs)).epoch_s is not None)
    flat = np.hstack([piece - piece.mean(axis=1, keepdims=True) for piece in pieces])
    shares.add("the same, each epoch less its mean", splices(raw_of(own, flat)).epoch_s is not None)
    over = np.hstack([own.data[:, k : k + 2 * second] for k in range(0, n - 2 * second, second)])
    shares.add("epochs of 2 s that overlap joined", splices(raw_of(own, over)).epoch_s is not None)
    twice = np.hstack([own.data[:, :at], own.data[:, at - second // 2 :]])
    shares.add("half a second sent twice", "comes again" in fillings(twice))
    filled = own.data.copy()
    for first in rng.integers(second, n - second, 12):
        last = first + second // 10
        steps = np.linspace(0, 1, last - first + 2)[1:-1] * rng.integers(2)
        filled[:, first:last] = filled[:, [first - 1]] + (filled[:, [last]] - filled[:, [first - 1]]) * steps
    shares.add("12 losses of 0.1 s, held or interpolated", "held or run straight" in fillings(filled))
    fine = own.data / np.abs(own.data).max() * 2**16
    wrapped = (np.round(fine) + 2**15) % 2**16 - 2**15
    shares.add("int16 overflowed", "scale to the other" in fillings(1e-9 * wrapped))
    step = 3 * np.median(np.abs(own.data))
    shares.add(
        "steps of three times the EEG", "resolved in steps" in fillings(step * np.round(own.data / step))
    )


def form(rng: np.random.Generator, n: int, top: int, reverse: np.ndarray, key_top: int) -> tuple:
    """Answers from 1 to `top` with ceilings and habits of answering, and a key from 1 to `key_top`."""
    people, items = (
        rng.beta(rng.uniform(1.5, 5), rng.uniform(1, 2.5), (n, 1)),
        rng.normal(0, 0.5, len(reverse)),
    )
    logit = np.log(people / (1 - people)) * rng.uniform(0.4, 0.9) + items
    logit = np.where(reverse, -logit * rng.uniform(0.8, 1), logit) + rng.normal(
        0, rng.uniform(0, 0.5), (n, 1)
    )
    share = 1 / (1 + np.exp(-logit - rng.normal(0, rng.uniform(0.3, 0.9), logit.shape)))
    answers = 1 + rng.binomial(top - 1, np.clip(share, 0.01, 0.99))
    names = [f"item_{k}" for k in range(1, len(reverse) + 1)]
    key = pd.DataFrame({"item": names, "subscale": "all", "reverse": np.where(reverse, "yes", "no")})
    return answers, key.assign(minimum="1", maximum=str(key_top))


def warned(key: pd.DataFrame, **tables: np.ndarray) -> str:
    """What is said of tables of answers with one key."""
    frames, about = {}, {}
    for name, answers in tables.items():
        frames[name] = pd.DataFrame(answers.astype(str), columns=key["item"])
        frames[name].insert(0, "dyad", [f"D{k:02d}" for k in range(1, len(answers) + 1)])
        about[name] = Questionnaire(name=name, table=f"{name}.tsv", key="key.tsv", role="client")
    return " | ".join(p.what for p in implausible_answers(frames, dict.fromkeys(frames, key), about))


ANSWERS = {
    "a copy": "the same answers",
    "one answer": "also to reversed ones",
    "a scale that ends early": "and the key says",
    "a column sorted alone": "in ascending or descending order",
    "an item pasted": "everybody gave",
    "items pasted from the other table": "in every dyad",
    "answers turned twice": "contradict those to the others",
}


def answers(seed: int, n_tables: int, shares: Shares) -> None:
    """Pairs of tables without a fault, and with one each."""
    for number in range(n_tables):
        rng = rng_of(seed, 7, number)
        n, n_items = int(rng.choice([5, 8, 14, 25, 50])), int(rng.choice([10, 16, 24, 36]))
        top = int(rng.choice([5, 7, 9]))
        reverse = rng.permutation(np.arange(n_items) < n_items * rng.choice([0.25, 0.4]))
        one, key = form(rng, n, top, reverse, top)
        two, _ = form(rng, n, top, reverse, top)
        said = warned(key, one=one, two=two)
        for what, words in ANSWERS.items():
            shares.add(f"FALSE: {what}, in two tables", words in said)
        copied = two.copy()
        copied[1] = one[1]
        shares.add(
            "a row of one table copied to the other", ANSWERS["a copy"] in warned(key, one=one, two=copied)
        )
        copied = one.copy()
        copied[-1] = one[0]
        shares.add("a row copied within a table", ANSWERS["a copy"] in warned(key, one=copied))
        early, _ = form(rng, n, top - 2, reverse, top)
        shares.add("key of two values more", ANSWERS["a scale that ends early"] in warned(key, one=early))
        pasted = two.copy()
        pasted[:, 3] = pasted[:, 4]
        shares.add("an item pasted over another", ANSWERS["an item pasted"] in warned(key, one=pasted))
        pasted[:, 3] = one[:, 3]
        words = ANSWERS["items pasted from the other table"]
        shares.add("an item pasted from the other table", words in warned(key, one=one, two=pasted))
        ordered, k = one.copy(), rng.integers(n_items)
        ordered[:, k] = np.sort(ordered[:, k])
        shares.add("a column sorted alone", ANSWERS["a column sorted alone"] in warned(key, one=ordered))
        turned = one.copy()
        agrees = np.where(reverse, 1 + top - one, one).mean(axis=1)
        who = int(np.abs(agrees - (1 + top) / 2).argmax())
        turned[who] = np.where(reverse, 1 + top - one[who], one[who])
        words = ANSWERS["answers turned twice"]
        shares.add("the clearest row turned twice", words in warned(key, one=turned))
        every = np.where(reverse, 1 + top - one, one)
        shares.add("a whole table turned twice", words in warned(key, one=every))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="*", default=["recordings", "answers"])
    parser.add_argument("--heads", type=int, default=48)
    parser.add_argument("--sound", type=int, default=200)
    parser.add_argument("--tables", type=int, default=600)
    parser.add_argument("--seed", type=int, default=31000)
    args = parser.parse_args()
    if "answers" in args.what:
        shares = Shares()
        answers(args.seed, args.tables, shares)
        shares.print()
    if "recordings" in args.what:
        shares = Shares()
        for number in range(args.sound):
            sound(head(args.seed, number), shares)
        for number in range(args.heads):
            own, rng = head(args.seed, number), rng_of(args.seed, number, 1)
            filters(own, shares, rng)
            rates(own, shares)
            labels(own, shares, rng)
            breaks(own, shares, rng)
        cap_maps(args.seed, 3 * args.heads, shares)
        shares.print()


if __name__ == "__main__":
    main()
