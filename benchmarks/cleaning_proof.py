"""What cleaning finds, takes away, keeps and leaves out, on simulated recordings whose artefacts are known.

Run by hand: python benchmarks/cleaning_proof.py. The settings are the defaults of the config's schema; each
dyad has its own seed. Not a test: nothing here passes or fails.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import sys
import warnings
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]

from interbrain.cleaning import clean
from interbrain.clocks import ClockFit
from interbrain.epochs import SPAN_REASONS, Signal, choose_windows, on_therapist_clock
from interbrain.simulate import CHANNELS, Artifacts, Member, simulate_pair, simulate_recording
from interbrain.simulate.heads import electrode_positions
from interbrain.study.config import with_defaults
from interbrain.study.settings import config_schema
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.sites import roi_table

SCHEMA = config_schema()
CONFIG = with_defaults({"line_frequency": 50}, SCHEMA)
ROIS, BANDS = CONFIG["rois"], CONFIG["bands"]
ROI_CHANNELS = [c for names in ROIS.values() for c in names]
COUPLED, UNCOUPLED = {"theta": 0.5, "alpha": 0.7}, {"theta": 0.0, "alpha": 0.0}
FAULTS = ("flat", "noisy", "loose", "bridged")
NEIGHBOURS_M = 0.055
NEAR_CLEAN_DB = 3.0
# Where a burst and a step are looked for after cleaning, Hz.
LEFT_BANDS = {"muscle": (20, 38), "step": (1, 38)}
N_SHIFTS = 60
WEAK_NOISE_UV = 40.0
MAINS_UV = 100.0


def planted_at_random(rng):
    """Eyes and muscles in everybody; each fault in every second person, at any channel; a step in each."""
    free = [str(c) for c in rng.permutation(CHANNELS)]
    faults = {kind: [free.pop()] for kind in ("flat", "noisy", "loose") if rng.random() < 0.5}
    if rng.random() < 0.5:
        pairs = [pair for pair in neighbours() if set(pair) <= set(free)]
        faults["bridged"] = [pairs[int(rng.integers(len(pairs)))]]
        free = [c for c in free if c not in faults["bridged"][0]]
    return Artifacts(
        blinks_per_minute=13,
        saccades_per_minute=3,
        muscle_bursts_per_minute=2,
        heart_uv=5,
        drift_uv=100,
        steps=(free.pop(),),
        noisy_uv=(10.0, 150.0),
        **faults,
    )


def neighbours():
    at = electrode_positions()
    return [
        (one, other)
        for i, one in enumerate(CHANNELS)
        for k, other in enumerate(CHANNELS[:i])
        if np.linalg.norm(at[i] - at[k]) < NEIGHBOURS_M
    ]


def cleaned(raw, seed, *, components=True):
    settings = {**CONFIG["cleaning"], "line_frequency": CONFIG["line_frequency"]}
    del settings["max_bad_share"]  # decides what asks for a look
    if not components:
        settings["ica"] = {**settings["ica"], "do": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clean(raw, **settings, seed=seed)


def signal_of(done, role):
    spans = [
        (a["onset"], a["onset"] + a["duration"], SPAN_REASONS.get(a["description"].lower(), a["description"]))
        for a in done.raw.annotations
    ]
    bad = list(done.account["BadChannels"])
    return Signal(done.raw.get_data(), list(done.raw.ch_names), done.raw.info["sfreq"], spans, bad, role)


def windows_of(pair):
    few = ("min_clean_s", "look_below_percent")
    settings = {key: value for key, value in CONFIG["windows"].items() if key not in few}
    return choose_windows(*pair, ClockFit.identity(), rois=ROIS, **settings)


def at_rois(signal):
    rows = [signal.channels.index(c) for c in ROI_CHANNELS]
    interpolated = [c for c in signal.interpolated if c in ROI_CHANNELS]
    return Signal(signal.data[rows], ROI_CHANNELS, signal.sfreq, signal.bad_spans, interpolated, signal.role)


def above_chance(pair, ledger, seed):
    """Band -> PLV above chance, mean over the homologous ROIs."""
    only = [at_rois(signal) for signal in pair]
    found, rhythms, _ = dyad_synchrony(
        *only,
        ledger.loc[ledger["kept"] == 1, "start_s"],
        bands=BANDS,
        length_s=CONFIG["windows"]["length_s"],
        out_sfreq=CONFIG["phase"]["sfreq"],
        n_shifts=N_SHIFTS,
        min_shift_s=CONFIG["chance"]["min_shift_s"],
        seed=seed,
    )
    table = roi_table(found, ROI_CHANNELS, ROI_CHANNELS, ROIS, rhythms, CONFIG["windows"]["length_s"], {})
    same = table[table["roi_therapist"] == table["roi_client"]]
    return same.groupby("band")["above_chance"].mean().to_dict()


def through_cleanings_filters(part, sfreq):
    """One channel of a part at cleaning's rate and band, without reference."""
    import mne

    settings = CONFIG["cleaning"]
    raw = mne.io.RawArray(part[None], mne.create_info(["x"], sfreq, "eeg"), verbose="error")
    raw.resample(settings["sfreq"], method="polyphase", verbose="error")
    return raw.filter(settings["highpass"], settings["lowpass"], verbose="error").get_data()[0]


def sources_left(recording, before, after):
    """How much of each planted source's variance is left after the components went.

    The channels' signals are regressed on all sources at once, before and after; channels with a signal of
    their own only.
    """
    sfreq, names = recording.raw.info["sfreq"], ("blinks", "saccades", "theta", "alpha")
    strongest = {name: np.abs(recording.parts[name]).max(axis=1).argmax() for name in names}
    design = np.stack(
        [through_cleanings_filters(recording.parts[n][strongest[n]], sfreq) for n in names], axis=1
    )
    own = [c for c in CHANNELS if c not in after.account["BadChannels"]]
    left = {}
    for where, channels in (("all", own), ("roi", [c for c in ROI_CHANNELS if c in own])):
        if not channels:
            continue
        weights = [
            np.linalg.lstsq(design, done.raw.get_data(picks=channels).T, rcond=None)[0]
            for done in (before, after)
        ]
        power = [(w**2).sum(axis=1) for w in weights]
        left[where] = dict(zip(names, power[1] / power[0], strict=True))
    return left


def components_alike(recording, done):
    """Planted source -> what became of the component whose field is most like the source's."""
    if done.ica is None:
        return {}
    rows = [CHANNELS.index(c) for c in done.ica.ch_names]
    fields = done.ica.get_components()
    fields = fields / np.linalg.norm(fields, axis=0)
    wanted = {name: recording.parts[name] for name in ("blinks", "saccades", "alpha", "heart")}
    found = {}
    for event in (p for p in recording.truth["planted"] if p["kind"] == "muscle"):
        first = int(event["onset_s"] * recording.raw.info["sfreq"])
        wanted[event["muscle"]] = recording.parts["muscle"][:, first : first + 200]
    for name, part in wanted.items():
        field = np.linalg.svd(part[rows][:, :: max(part.shape[1] // 2000, 1)], full_matrices=False)[0][:, 0]
        field -= field.mean()
        alike = np.abs(field @ fields) / np.linalg.norm(field)
        component = done.account["Components"][int(alike.argmax())]
        found[name] = {
            "alike": float(alike.max()),
            "label": component["label"],
            "probability": component["probability"],
            "removed": component["decision"] == "remove",
        }
    return found


def channels_found(recording, done):
    """Planted faults that were found or missed, and what was called bad beside them."""
    truth, said = recording.truth["planted"], done.account["BadChannels"]
    kinds = {"flat": "flat", "noisy": "noisy", "loose": "loose", "bridge": "bridged"}
    rows = [
        (kinds[p["kind"]], c, p["amplitude_uv"], c in said)
        for p in truth
        if p["kind"] in kinds
        for c in p["channels"]
    ]
    beside = {c: why for c, why in said.items() if c not in {row[1] for row in rows}}
    stepped = {c for p in truth if p["kind"] == "step" for c in p["channels"]}
    muscles = {c for p in truth if p["kind"] == "muscle" for c in p["channels"]}
    about = {c: "step" if c in stepped else "muscle" if c in muscles else "nothing" for c in beside}
    return rows, [(c, about[c], why) for c, why in beside.items()]


def windows_judged(recording, done, ledger, role):
    """Each window: what was planted into it, whether this member's criteria drop it, and what is left.

    Left is how far its power lies above the median of windows without anything, in dB, at the channel (of
    all good ones, or of the ROI channels) where that is most.
    """
    import mne

    sfreq = done.raw.info["sfreq"]
    n = round(CONFIG["windows"]["length_s"] * sfreq)
    starts, stops = ledger["start_s"].to_numpy(), ledger["stop_s"].to_numpy()
    dropped = (ledger[f"{role}_criteria"] != "").to_numpy()
    kind = np.full(len(starts), "nothing", object)
    # In this order: a step outweighs a burst; its filtered way back reaches further than its own window.
    for what, before_s, after_s in (("muscle", 0, None), ("near a step", 2, 5), ("step", 0, 0)):
        for p in recording.truth["planted"]:
            if p["kind"] == what.split()[-1]:
                end = p["onset_s"] + (p["duration_s"] if after_s is None else after_s)
                kind[(starts < end) & (stops > p["onset_s"] - before_s)] = what
    own = [c for c in done.raw.ch_names if c not in done.account["BadChannels"]]
    rois = [own.index(c) for c in ROI_CHANNELS if c in own]
    first = np.round(starts * sfreq).astype(int)
    left, left_at_roi = {}, {}
    for what, band in LEFT_BANDS.items():
        data = mne.filter.filter_data(done.raw.get_data(picks=own), sfreq, *band, verbose="error")
        power = np.array([data[:, f : f + n].var(axis=1) for f in first])
        above = 10 * np.log10(power / np.median(power[(kind == "nothing") & ~dropped], axis=0))
        left[what], left_at_roi[what] = above.max(axis=1), above[:, rois].max(axis=1, initial=-np.inf)
    return [
        {
            "kind": kind[k],
            "dropped": bool(dropped[k]),
            "criteria": ledger[f"{role}_criteria"].iloc[k],
            "left_db": float(left.get(kind[k].split()[-1], left["muscle"])[k]),
            "left_at_roi_db": float(left_at_roi.get(kind[k].split()[-1], left_at_roi["muscle"])[k]),
        }
        for k in range(len(starts))
    ]


def one_dyad(number, seed, n_coupled):
    """Everything that is asked of one dyad, as plain values."""
    rng = np.random.default_rng([seed, number])
    coupled = number < n_coupled
    asked = {
        "plv": COUPLED if coupled else UNCOUPLED,
        "seed": [seed, number, 1],
        "duration_s": float(rng.integers(120, 301)),
    }
    people = [Member(artifacts=planted_at_random(rng)) for _ in range(2)]
    full, plain = simulate_pair(*people, **asked), simulate_pair(**asked)
    roles = ("therapist", "client")
    done = {
        "cleaned": [cleaned(r.raw, [seed, number, 2, i]) for i, r in enumerate(full)],
        "filtered": [cleaned(r.raw, [0], components=False) for r in full],
        "free": [cleaned(r.raw, [0], components=False) for r in plain],
        "free, cleaned": [cleaned(r.raw, [seed, number, 3, i]) for i, r in enumerate(plain)],
    }
    result = {"coupled": coupled, "above": {}, "kept": {}, "people": []}
    ledgers = {}
    for name, both in done.items():
        therapist, client = (signal_of(d, role) for d, role in zip(both, roles, strict=True))
        pair = therapist, on_therapist_clock(client, ClockFit.identity(), therapist.data.shape[1])
        ledgers[name] = windows_of(pair)
        result["kept"][name] = float(ledgers[name]["kept"].mean())
        result["above"][name] = above_chance(pair, ledgers[name], [seed, number, 4])
    for i, role in enumerate(roles):
        recording, after = full[i], done["cleaned"][i]
        found, beside = channels_found(recording, after)
        result["people"].append(
            {
                "found": found,
                "beside": beside,
                "beside_plain": list(done["free, cleaned"][i].account["BadChannels"].items()),
                "left": sources_left(recording, done["filtered"][i], after),
                "alike": components_alike(recording, after),
                "windows": windows_judged(recording, after, ledgers["cleaned"], role),
                "windows_plain": list(ledgers["free, cleaned"][f"{role}_criteria"]),
            }
        )
    return result


def one_room(number, seed):
    """PLV above chance of two uncoupled people, with strong mains in phase and without any."""
    found = {}
    for mains_uv in (MAINS_UV, 0.0):
        asked = {"plv": UNCOUPLED, "seed": [seed, number, 5], "duration_s": 180}
        pair = simulate_pair(*[Member(mains_uv=mains_uv)] * 2, **asked)
        signals = [
            signal_of(cleaned(r.raw, [seed, number, 6, i]), role)
            for i, (r, role) in enumerate(zip(pair, ("therapist", "client"), strict=True))
        ]
        found[mains_uv] = above_chance(signals, windows_of(signals), [seed, number, 7])
    return found


QUIET_UV = (0.2, 0.5, 1.5)  # amplifier noise from 55 to 95 Hz, RMS
QUIET_HZ = (128, 250, 500)
THEIR_BAND = (0.5, 45)  # of a set that its authors filtered before they shared it


def quiet(noise_uv, recorded_hz, filtered, bursts, seed):
    """A head without muscle tone at such an amplifier, its planted bursts, and what became of it."""
    import mne

    asked = {"muscle_bursts_per_minute": 3 * bursts, "blinks_per_minute": 13, "noisy": ["CP5"] * bursts}
    member = Member(mains_uv=3, artifacts=Artifacts(**asked, noisy_uv=(20.0, 20.0)))
    made = simulate_recording(member, seed=seed, duration_s=180)
    sfreq, n = made.raw.info["sfreq"], made.raw.n_times
    frequency = np.maximum(np.fft.rfftfreq(n, 1 / sfreq), 1)
    parts = dict(made.parts)
    head = np.fft.rfft(parts["background"]) * np.minimum(1, (25 / frequency) ** 1.5)
    parts["background"] = np.fft.irfft(head, n)
    noise = np.random.default_rng([*seed, 1]).standard_normal((len(CHANNELS), n))
    # It swells and fades by half, every few seconds, as what is left of a tense neck does.
    swell = np.exp(0.4 * np.random.default_rng([*seed, 2]).standard_normal(n // int(2 * sfreq) + 2))
    swell = np.interp(made.raw.times, 2.0 * np.arange(len(swell)), swell)
    parts["amplifier"] = noise_uv * 1e-6 * (sfreq / 2 / 40) ** 0.5 * noise * swell
    raw = mne.io.RawArray(sum(parts.values()), made.raw.info, verbose="error")
    if filtered:
        raw.filter(*THEIR_BAND, verbose="error")
    if recorded_hz != sfreq:
        raw.resample(recorded_hz, method="polyphase", verbose="error")
    return raw, [p for p in made.truth["planted"] if p["kind"] == "muscle"]


def one_quiet(case, seed, components):
    """Windows dropped and channels bad in a quiet recording without bursts, and bursts found in one with."""
    noise_uv, recorded_hz, filtered, number = case
    found = {"case": case}
    for bursts in (False, True):
        raw, planted = quiet(noise_uv, recorded_hz, filtered, bursts, [seed, number, 8])
        done = cleaned(raw, [seed, number, 9], components=components)
        spans = [(a["onset"], a["onset"] + a["duration"]) for a in done.raw.annotations
                 if a["description"] == "BAD_muscle"]  # fmt: skip
        bad = done.account["BadChannels"]
        if bursts:
            ends = [(p["onset_s"], p["onset_s"] + p["duration_s"]) for p in planted]
            hits = [any(a < end and b > onset for a, b in spans) for onset, end in ends]
            found |= {"bursts": hits, "noisy": "CP5" in bad}
            found["noise judged"] = done.account["NoiseJudgedToHz"] is not None
            continue
        length = CONFIG["windows"]["length_s"]
        starts = np.arange(0, done.raw.times[-1] - length, length)
        found |= {
            "judged": done.account["MuscleSeconds"] is not None,
            "dropped": [any(a < s + length and b > s for a, b in spans) for s in starts],
            "bad": len(bad),
            "noise": sum("noise" in why for why in bad.values()),
        }
    return found


def show_quiet(pool, n, seed, components):
    """Each kind as soon as its recordings are done, for they take minutes."""
    if n:
        print(
            "\nQuiet recordings of 180 s: dropped and bad where nothing is planted; bursts found", flush=True
        )
    kinds = list(product((False, True), QUIET_HZ, QUIET_UV))
    cases = [(uv, hz, filtered, k) for filtered, hz, uv in kinds for k in range(n)]
    done = pool.map(partial(one_quiet, seed=seed, components=components), cases)
    for filtered, recorded_hz, noise_uv in kinds if n else ():
        mine = [next(done) for _ in range(n)]
        how = f"{recorded_hz} Hz{', band-passed .5-45 Hz' if filtered else ''}, {noise_uv:g} uV"
        if not all(r["judged"] for r in mine):
            row(f"{how}: muscle", "n/a")
        else:
            row(f"{how}: windows dropped for muscle", percent(d for r in mine for d in r["dropped"]))
            row("   bursts found", percent(b for r in mine for b in r["bursts"]))
        counts = [f"{np.mean([r[name] for r in mine]):.2f}" for name in ("bad", "noise")]
        row("   bad channels a recording, of them for noise", ", ".join(counts))
        noisy = percent(r["noisy"] for r in mine) if all(r["noise judged"] for r in mine) else "n/a"
        row("   a channel with 20 uV of noise: found", noisy)


def percent(values):
    values = list(values)
    return f"{100 * np.mean(values):5.1f} %  of {len(values)}" if values else "      –"


def spread(values):
    """Mean and the 5th and 95th percentile."""
    values = np.asarray(list(values), float)
    values = values[np.isfinite(values)]
    if not len(values):
        return "–"
    low, high = np.percentile(values, [5, 95])
    return f"{values.mean():7.3f}   ({low:.3f} to {high:.3f})"


def row(name, value):
    print(f"  {name:<70}{value}", flush=True)


def show_channels(people):
    print("\nBad channels")
    found = [fault for p in people for fault in p["found"]]
    for kind in FAULTS:
        row(f"{kind}: found", percent(hit for k, _, _, hit in found if k == kind))
    weak = [hit for kind, _, level, hit in found if kind == "noisy" and level < WEAK_NOISE_UV]
    row(f"   of the noisy ones, below {WEAK_NOISE_UV:g} uV RMS", percent(weak))
    for about in ("step", "muscle", "nothing"):
        n = sum(a == about for p in people for _, a, _ in p["beside"])
        what = {"step": "with a step", "muscle": "with bursts of a muscle", "nothing": "with nothing planted"}
        row(f"called bad {what[about]}, channels a recording", f"{n / len(people):7.2f}")
    row(
        "called bad in the recordings without artefacts",
        f"{np.mean([len(p['beside_plain']) for p in people]):7.2f}",
    )
    reasons = Counter(why for p in people for _, about, why in p["beside"] if about == "nothing")
    for why, n in reasons.most_common(4):
        row(f"   of those with nothing planted: {why}", f"{n:4d}")


def show_sources(people):
    print("\nVariance of the planted sources, with the components against without (5th to 95th percentile)")
    for where, what in (("all", "every good channel"), ("roi", "ROI channels")):
        for name in ("blinks", "saccades"):
            values = [1 - p["left"][where][name] for p in people if where in p["left"]]
            row(f"{name}: share removed, {what}", spread(values))
    for name in ("alpha", "theta"):
        row(
            f"{name}: share kept, ROI channels",
            spread(p["left"]["roi"][name] for p in people if "roi" in p["left"]),
        )
    print("\nThe component whose field is most like the planted source's (only if alike by .9)")
    labels = defaultdict(list)
    for person in people:
        for name, component in person["alike"].items():
            source = name if name in ("blinks", "saccades", "alpha", "heart") else "muscle, each"
            labels[source].append(component)
    for source, found in labels.items():
        near = [c for c in found if c["alike"] > 0.9]
        counts = Counter(c["label"] for c in near)
        said = ", ".join(f"{label} {n}" for label, n in counts.most_common(3))
        removed = sum(c["removed"] for c in near)
        row(f"{source}: {len(near)} of {len(found)} have one; removed {removed}", said)


def show_windows(people):
    print(f"\nWindows of one member (left: {NEAR_CLEAN_DB:g} dB above windows without anything)")
    windows = pd.DataFrame([w for p in people for w in p["windows"]])
    for kind, what in (
        ("muscle", "with a muscle burst"),
        ("step", "with a step"),
        ("near a step", "near a step"),
    ):
        mine = windows[windows["kind"] == kind]
        for name, chosen in (
            ("dropped", mine["dropped"]),
            ("kept, and nothing left", ~mine["dropped"] & (mine["left_db"] <= NEAR_CLEAN_DB)),
            ("kept, and left at some channel", ~mine["dropped"] & (mine["left_db"] > NEAR_CLEAN_DB)),
            ("kept, and left at a ROI channel", ~mine["dropped"] & (mine["left_at_roi_db"] > NEAR_CLEAN_DB)),
        ):
            row(f"{what}: {name}", percent(chosen))
    nothing = windows[windows["kind"] == "nothing"]
    row("with neither: dropped", percent(nothing["dropped"]))
    reasons = Counter(c for cell in nothing["criteria"] for c in filter(None, cell.split(", ")))
    for why, n in reasons.most_common(4):
        row(f"   by {why}", f"{n:4d}")
    row("with neither, kept: beyond the same limit", percent(nothing["left_db"] > NEAR_CLEAN_DB))
    row("recordings without artefacts: dropped", percent(c != "" for p in people for c in p["windows_plain"]))


def mean_and_error(values):
    """Mean over dyads and its standard error."""
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    error = f"{values.std(ddof=1) / np.sqrt(len(values)):.3f}" if len(values) > 1 else "–"
    return f"{values.mean():+7.3f}   ({error})" if len(values) else "–"


def show_synchrony(dyads):
    print("\nPLV above chance, mean over dyads (SE); change against the artefact-free recordings as they are")
    variants = {
        "free, cleaned": "no artefacts, components removed",
        "filtered": "artefacts, components not removed",
        "cleaned": "artefacts, components removed",
    }
    for coupled in (True, False):
        mine = [d for d in dyads if d["coupled"] is coupled]
        for band in BANDS if mine else ():
            what = f"{len(mine)} {'coupled' if coupled else 'uncoupled'} dyads, {band}"
            free = np.array([d["above"]["free"][band] for d in mine])
            row(f"{what}: artefact-free", mean_and_error(free))
            for key, variant in variants.items():
                change = np.array([d["above"][key][band] for d in mine]) - free
                row(f"   change, {variant}", mean_and_error(change))
    print("\nWindows that both members keep")
    for key, what in {"free": "no artefacts, components not removed", **variants}.items():
        row(what, f"{100 * np.mean([d['kept'][key] for d in dyads]):5.1f} %")


def show_mains(rooms):
    print(
        f"\nPLV above chance, mean over {len(rooms)} uncoupled dyads (SE), both with mains of {MAINS_UV:g} uV"
    )
    for band in BANDS:
        with_mains, without = (np.array([room[uv][band] for room in rooms]) for uv in (MAINS_UV, 0.0))
        row(f"{band}: with mains", mean_and_error(with_mains))
        row(f"{band}: change against the same people without", mean_and_error(with_mains - without))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=40, help="two to a dyad; half of the dyads coupled")
    parser.add_argument("--rooms", type=int, default=6, help="dyads with strong common mains")
    parser.add_argument("--quiet", type=int, default=2, help="recordings of each of 18 kinds of quiet")
    parser.add_argument(
        "--quiet-without-components", action="store_true", help="a tenth of the time; all bursts are left"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    n_dyads = options.recordings // 2
    dyads, rooms = [], []
    with ProcessPoolExecutor(options.jobs) as pool:
        job = partial(one_dyad, seed=options.seed, n_coupled=(n_dyads + 1) // 2)
        for dyad in pool.map(job, range(n_dyads)):
            dyads.append(dyad)
            print(f"\r{len(dyads)} of {n_dyads} dyads", end="", file=sys.stderr, flush=True)
        rooms = list(pool.map(partial(one_room, seed=options.seed), range(options.rooms)))
        show_quiet(pool, options.quiet, options.seed, not options.quiet_without_components)
    print(file=sys.stderr)
    if not options.recordings:
        return
    people = [person for dyad in dyads for person in dyad["people"]]
    print(f"{len(people)} recordings of 120 to 300 s, 32 channels, artefacts at random (seed {options.seed})")
    show_channels(people)
    show_sources(people)
    show_windows(people)
    show_synchrony(dyads)
    if rooms:
        show_mains(rooms)


if __name__ == "__main__":
    main()
