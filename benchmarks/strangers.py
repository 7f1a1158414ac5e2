"""Real people recorded apart, reduced and band-passed as shared data sets often are: PLV above chance.

Run by hand: python benchmarks/strangers.py FOLDER, with S001R01.edf to S006R02.edf of PhysioNet's
eegmmidb.
Every pair goes the way of a dyad: EDF, BIDS, cleaning, windows, PLV. Nobody met, so the mean is 0.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import tempfile
import warnings
from itertools import combinations
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]

from interbrain.bids import recording_stem
from interbrain.bids.clock import read_clock
from interbrain.bids.reading import read_recording_files
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.timing import RunSources, Source, time_session
from interbrain.cleaning import clean
from interbrain.epochs import SPAN_REASONS, Signal, choose_windows, on_therapist_clock
from interbrain.formats import read_recording
from interbrain.study.config import with_defaults
from interbrain.study.settings import config_schema
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.sites import roi_table

SCHEMA = config_schema()
CONFIG = with_defaults({"line_frequency": 60}, SCHEMA)
ROIS, BANDS = CONFIG["rois"], CONFIG["bands"]
ROI_CHANNELS = [channel for names in ROIS.values() for channel in names]
PEOPLE = ("S001", "S002", "S003", "S004", "S005", "S006")
TEN_TWENTY = [
    *("Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8"),
    *("P7", "P3", "Pz", "P4", "P8", "O1", "O2"),
]
BAND_HZ = (0.5, 45.0)
BLOCK_S = (0.5, 60.5)
CLOCK_LIMITS = {"max_residual_ms": 10, "max_drift_ppm": 1500, "max_drift_error_ppm": 100}
STEP_UV = 0.1


def reduced(source, target, band=BAND_HZ):
    """Write 19 channels of a recording, band-passed without delay, as an EDF file of 16 bits."""
    raw = read_recording(source).raw.copy().pick(TEN_TWENTY).load_data(verbose="error")
    if band:
        raw.filter(*band, verbose="error")
    rate = round(raw.info["sfreq"])
    seconds, n = raw.n_times // rate, len(raw.ch_names)
    top = 2**15 * STEP_UV
    columns = [
        (16, raw.ch_names),
        (80, [""] * n),
        (8, ["uV"] * n),
        (8, [f"{-top:.1f}"] * n),
        (8, [f"{top - STEP_UV:.1f}"] * n),
        (8, [str(-(2**15))] * n),
        (8, [str(2**15 - 1)] * n),
        (80, [""] * n),
        (8, [str(rate)] * n),
        (32, [""] * n),
    ]
    head = "0       " + " " * 160 + "01.01.2001.00.00"
    head += f"{256 * (n + 1):<8}{'':<44}{seconds:<8}{1:<8}{n:<4}"
    head += "".join(f"{text:<{width}}" for width, texts in columns for text in texts)
    steps = np.round(raw.get_data(stop=seconds * rate) * 1e6 / STEP_UV).astype("<i2")
    records = steps.reshape(n, seconds, rate).swapaxes(0, 1)
    Path(target).write_bytes(head.encode() + records.tobytes())
    return target


def two_members(files, people, root, components=True, block_s=BLOCK_S):
    """Both recordings as a dyad's: converted, read again and cleaned; with the client's clock.

    Returns
    -------
    cleaned : tuple of Cleaned
    fit : ClockFit
    """
    pair = [Member(p, role, f) for p, role, f in zip(people, ("therapist", "client"), files, strict=True)]
    dyad = "".join(people)
    sources = {m.role: Source(m.participant, str(m.path)) for m in pair}
    session = [RunSources(1, "pre", "shared_start", **sources, start_s=block_s[0], stop_s=block_s[1])]
    timing = time_session(dyad, session, cap_map={}, triggers={}, clock_limits=CLOCK_LIMITS)["1"]
    settings = {**CONFIG["cleaning"], "line_frequency": 60}
    del settings["max_bad_share"]  # decides what asks for a look
    if not components:
        settings["ica"] = {**settings["ica"], "do": False}
    done = []
    for member, partner in (pair, pair[::-1]):
        meeting = Meeting(dyad, 1, "pre", partner.participant, {})
        convert(member, meeting, timing, root, cap_map={}, line_frequency=60)
        raw = read_recording_files(root / f"{recording_stem(member.participant, dyad, 'rest', 1)}_eeg.vhdr")
        done.append(clean(raw, **settings, seed=[1]))
    return tuple(done), read_clock(root / f"{recording_stem(people[1], dyad, 'rest', 1)}_eeg.json")


def signal_of(done, role):
    spans = [
        (a["onset"], a["onset"] + a["duration"], SPAN_REASONS.get(a["description"].lower(), a["description"]))
        for a in done.raw.annotations
        if a["description"].upper().startswith("BAD")
    ]
    rows = [done.raw.ch_names.index(channel) for channel in ROI_CHANNELS]
    bad = [channel for channel in done.account["BadChannels"] if channel in ROI_CHANNELS]
    return Signal(done.raw.get_data()[rows], ROI_CHANNELS, done.raw.info["sfreq"], spans, bad, role)


def one_dyad(therapist, client, fit, n_shifts):
    """The ledger of a pair and its table of homologous sites; None where no window is kept."""
    therapist, client = signal_of(therapist, "therapist"), signal_of(client, "client")
    client = on_therapist_clock(client, fit, therapist.data.shape[1])
    few = ("min_clean_s", "look_below_percent")
    settings = {key: value for key, value in CONFIG["windows"].items() if key not in few}
    ledger = choose_windows(therapist, client, fit, rois=ROIS, **settings)
    starts = ledger.loc[ledger["kept"] == 1, "start_s"]
    if len(starts) * settings["length_s"] < CONFIG["windows"]["min_clean_s"]:
        return ledger, None
    length_s = settings["length_s"]
    found, rhythms, _ = dyad_synchrony(
        therapist,
        client,
        starts,
        bands=BANDS,
        length_s=length_s,
        out_sfreq=CONFIG["phase"]["sfreq"],
        n_shifts=n_shifts,
        min_shift_s=CONFIG["chance"]["min_shift_s"],
        seed=[1],
    )
    table = roi_table(found, ROI_CHANNELS, ROI_CHANNELS, ROIS, rhythms, length_s, {})
    return ledger, table[table["roi_therapist"] == table["roi_client"]]


def dropped_for_muscle(ledger):
    """How many windows either member drops for muscle."""
    both = ledger["therapist_criteria"] + "," + ledger["client_criteria"]
    return int(both.str.contains("muscle").sum())


def strangers(folder, runs, root, *, people=PEOPLE, components=True, band=BAND_HZ, n_shifts=200):
    """Every pair of two people: PLV above chance, mean over bands and homologous sites.

    Parameters
    ----------
    folder : Path
        Of the recordings as PhysioNet shares them.
    runs : (str, str)
        Of the therapist and of the client, such as R01, eyes open, and R02, eyes closed.
    root : Path
        Where files may be written.

    Returns
    -------
    rows : list of dict
        pair, windows, kept, muscle (windows dropped for it), judged (whether muscles could be judged in
        both), bridged (channels of both), above (PLV above chance; NaN: the dyad is lost).
    """
    files = {
        (person, run): reduced(folder / f"{person}{run}.edf", root / f"{person}{run}.edf", band)
        for person in people
        for run in set(runs)
    }
    cleaned = {}
    for run in set(runs):
        for pair in zip(people[::2], people[1::2], strict=True):
            dataset = root / run
            done, fit = two_members([files[p, run] for p in pair], pair, dataset, components)
            cleaned |= {(p, run): d for p, d in zip(pair, done, strict=True)}
    rows = []
    for one, other in combinations(people, 2):
        orders = [(one, other)] if runs[0] == runs[1] else [(one, other), (other, one)]
        for therapist, client in orders:
            pair = cleaned[therapist, runs[0]], cleaned[client, runs[1]]
            ledger, table = one_dyad(*pair, fit, n_shifts)  # one start of both: the same clock in every pair
            rows.append(
                {
                    "pair": (therapist, client),
                    "windows": len(ledger),
                    "kept": int(ledger["kept"].sum()),
                    "muscle": dropped_for_muscle(ledger),
                    "judged": all(d.account["MuscleSeconds"] is not None for d in pair),
                    "bridged": sum(
                        "bridged" in why for d in pair for why in d.account["BadChannels"].values()
                    ),
                    "above": float("nan") if table is None else float(table["above_chance"].mean()),
                }
            )
    return rows


def mean_and_error(rows):
    """Over the pairs that are not lost."""
    above = np.array([row["above"] for row in rows])
    above = above[np.isfinite(above)]
    return above.mean(), above.std(ddof=1) / len(above) ** 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shifts", type=int, default=CONFIG["chance"]["n_shifts"])
    parser.add_argument("--without-components", action="store_true")
    parser.add_argument("--as-recorded", action="store_true", help="19 channels, but no band-pass")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    for runs in (("R02", "R02"), ("R01", "R01"), ("R01", "R02")):
        with tempfile.TemporaryDirectory() as root:
            rows = strangers(
                options.folder,
                runs,
                Path(root),
                components=not options.without_components,
                band=None if options.as_recorded else BAND_HZ,
                n_shifts=options.shifts,
            )
        mean, error = mean_and_error(rows)
        lost = sum(not np.isfinite(row["above"]) for row in rows)
        above = [row["above"] for row in rows]
        print(
            f"{runs[0]} with {runs[1]}: {len(rows)} pairs, {lost} lost; "
            f"windows {sum(r['windows'] for r in rows)}, kept {sum(r['kept'] for r in rows)}, "
            f"dropped for muscle {sum(r['muscle'] for r in rows)} "
            f"({'' if all(r['judged'] for r in rows) else 'not '}judged); "
            f"PLV above chance {mean:+.4f} (SE {error:.4f}), "
            f"{np.nanmin(above):+.3f} to {np.nanmax(above):+.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
