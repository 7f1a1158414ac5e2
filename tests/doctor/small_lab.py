"""Two dyads in small recordings of their own, to be spoiled."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

import mne
import numpy as np

from interbrain import doctor

NAMES = ["F3", "Fz", "F4", "C3", "Cz", "C4"]
PULSES = (5, 22, 41, 58)
COLUMNS = "dyad time therapist_file client_file sync start_s stop_s"


def record(
    path,
    *,
    duration=60,
    sfreq=250,
    names=NAMES,
    pulses=PULSES,
    begun=datetime(2024, 3, 1),
    seed=None,
    lines=(),
    highest=None,
    strength=1.0,
    split_size="2GB",
):
    """Write a small recording with a trigger channel; each file has noise of its own.

    `lines` are mains of 5 uV, in Hz; `highest` is the edge of a low-pass filter, in Hz; `strength` is what
    the noise of 10 uV is multiplied by.
    """
    rng = np.random.default_rng(crc32(path.name.encode()) if seed is None else seed)
    data = strength * 1e-5 * rng.standard_normal((len(names) + 1, int(duration * sfreq)))
    if highest:
        data = mne.filter.filter_data(data, sfreq, None, highest, verbose="error")
    for hz in lines:
        data += 5e-6 * np.sin(2 * np.pi * hz * np.arange(data.shape[1]) / sfreq)
    data[-1] = 8
    for onset in pulses:
        data[-1, int(onset * sfreq) : int((onset + 0.1) * sfreq)] = 1
    info = mne.create_info([*names, "Digi"], sfreq, ["eeg"] * len(names) + ["stim"])
    raw = mne.io.RawArray(data, info, verbose="error")
    raw.set_meas_date(begun.replace(tzinfo=UTC))
    raw.save(path, split_size=split_size, overwrite=True, verbose="error")


@cache
def sound(name: str) -> bytes:
    """The recording of this name that has no problem; to write it takes longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        record(path)
        return path.read_bytes()


class Lab:
    """Two dyads recorded once, in files of their own, without a problem."""

    def __init__(self, folder, schema):
        self.folder, self.schema = folder, schema
        for name in ("config", "raw"):
            (folder / name).mkdir()
        self.dyads = [["D01", "T01", "C01", ""], ["D02", "T02", "C02", ""]]
        self.rows = [
            [d, "rest", f"{d}_t_raw.fif", f"{d}_c_raw.fif", "markers", "", ""] for d in ("D01", "D02")
        ]
        self.config = {
            "title": "A lab",
            "tables": {"dyads": "config/dyads.tsv", "recordings": "config/recordings.tsv"},
            "raw_folder": str(folder / "raw"),
            "times": ["rest"],
            "factors": {},
            "line_frequency": 50,
            "triggers": {"channel": "Digi", "idle": 8},
        }
        for row in self.rows:
            for file in row[2:4]:
                (folder / "raw" / file).write_bytes(sound(file))

    def spoil(self, file, **how):
        record(self.folder / "raw" / file, **how)

    def cell(self, dyad, column, value):
        self.rows[[row[0] for row in self.rows].index(dyad)][COLUMNS.split().index(column)] = value

    def check(self, cores=1):
        for name, columns, rows in (
            ("dyads", "dyad therapist client exclude", self.dyads),
            ("recordings", COLUMNS, self.rows),
        ):
            text = "\n".join("\t".join(row) for row in (columns.split(), *rows))
            (self.folder / f"config/{name}.tsv").write_text(text + "\n")
        return doctor.check(self.config, self.schema, self.folder, cores)

    def problems(self):
        _, _, listed = self.check()[0].partition("Nothing has been run.\n")
        return listed.replace(f"{self.folder}/", "") if listed else ""

    def warnings(self):
        return self.check()[0].partition(" warning")[2].partition("\n\n")[0]
