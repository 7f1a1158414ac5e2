"""A lab that has one EDF file: two people's EEG and skin conductance, and no pulse, no questionnaire."""

from pathlib import Path

import numpy as np
from scipy.signal import lfilter

SITES = ["F3", "Fz", "F4", "C3", "Cz", "C4"]
SFREQ = 125
CONFIG = {
    "title": "One file",
    "tables": {
        "dyads": "config/dyads.tsv",
        "recordings": "config/recordings.tsv",
        "signals": "config/signals.tsv",
    },
    "raw_folder": "raw",
    "times": ["rest"],
    "factors": {},
    "line_frequency": 50,
    "triggers": None,
}
RECORDINGS = (
    "dyad\ttime\ttherapist_file\tclient_file\tsync\ttherapist_channels\tclient_channels\n"
    "D01\trest\tdyad.edf\tdyad.edf\tauto\tsub1_*\tsub2_*\n"
)
SIGNALS = "role\tkind\tchannel\ntherapist\teda\tsub1_EDA\nclient\teda\tsub2_EDA\n"


def write_edf(path: Path, data, labels, units, sfreq=SFREQ, largest=None) -> None:
    """An EDF file with records of a second; values in `units`, within plus and minus `largest` of each."""
    n, seconds = len(data), data.shape[1] // sfreq
    largest = np.array(largest or [500.0] * n)

    def texts(values, width):
        return b"".join(str(value)[:width].ljust(width).encode("latin1") for value in values)

    head = texts(["0"], 8) + texts(["X X X X", "Startdate X X X X"], 80)
    head += texts(["05.11.18", "10.30.00", 256 * (n + 1)], 8)
    head += texts([""], 44) + texts([seconds, 1], 8) + texts([n], 4)
    head += texts(labels, 16) + texts([""] * n, 80) + texts(units, 8)
    head += texts(-largest, 8) + texts(largest, 8) + texts([-32768] * n, 8) + texts([32767] * n, 8)
    head += texts([""] * n, 80) + texts([sfreq] * n, 8) + texts([""] * n, 32)
    scaled = (data + largest[:, None]) / (2 * largest[:, None]) * 65535 - 32768
    digital = np.round(scaled).clip(-32768, 32767).astype("<i2")
    with path.open("wb") as file:
        file.write(head)
        for second in range(seconds):
            file.write(digital[:, second * sfreq : (second + 1) * sfreq].tobytes())


def conductances(seconds: int, share: float = 0.8, seed: int = 1) -> np.ndarray:
    """Two people's skin conductance at `SFREQ`, uS, of which a share is common."""
    rng = np.random.default_rng(seed)
    common, own, other = lfilter([1], [1, -0.97], rng.standard_normal((3, seconds * 4)))
    both = [np.sqrt(share) * common + np.sqrt(1 - share) * alone for alone in (own, other)]
    at = np.arange(seconds * SFREQ) / SFREQ
    return np.stack([5 + 0.2 * np.interp(at, np.arange(seconds * 4) / 4, one) for one in both])


def make_lab(folder: Path, seconds: int = 60, signals: str = SIGNALS) -> dict:
    """Its files in a folder; the config."""
    (folder / "config").mkdir(parents=True)
    (folder / "raw").mkdir()
    rng = np.random.default_rng(7)
    eeg = 10 * rng.standard_normal((2 * len(SITES), seconds * SFREQ))
    labels = [f"sub{person}_{site}" for person in (1, 2) for site in SITES]
    write_edf(
        folder / "raw/dyad.edf",
        np.vstack([eeg, conductances(seconds)]),
        [*labels, "sub1_EDA", "sub2_EDA"],
        ["uV"] * len(labels) + ["uS"] * 2,
        largest=[500.0] * len(labels) + [50.0] * 2,
    )
    (folder / "config/dyads.tsv").write_text("dyad\ttherapist\tclient\nD01\tT01\tC01\n")
    (folder / "config/recordings.tsv").write_text(RECORDINGS)
    (folder / "config/signals.tsv").write_text(signals)
    return CONFIG
