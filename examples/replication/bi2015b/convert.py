"""Brain Invaders 2015b: each MAT file, a pair in one condition, becomes a recording of both players.

python convert.py folder-of-mat-files bi2015b
The signals are copied and not filtered; see docs/replication/bi2015b.md.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pybv
from scipy.io import loadmat

SFREQ = 512
ROWS = (
    "Fp1 Fp2 AFz F7 F3 F4 F8 FC5 FC1 FC2 FC6 T7 C3 Cz C4 T8 CP5 CP1 CP2 CP6",
    "P7 P3 Pz P4 P8 PO7 O1 Oz O2 PO8 PO9 PO10",
)
SITES = [site for row in ROWS for site in row.split()]
# Columns of mat_data: time, 32 channels of each player in microvolt, and as the last the codes of flashes.
PLAYERS = {"1": slice(1, 33), "2": slice(33, 65)}
ABOUT = {
    "Name": "Brain Invaders 2015b",
    "BIDSVersion": "1.10.0",
    "License": "CC-BY-4.0",
    "Authors": ["Louis Korczowski", "Martine Cederhout", "Anton Andreev", "Grégoire Cattan"],
    "DatasetDOI": "doi:10.5281/zenodo.3267307",
}


def convert(source: Path, dataset: Path) -> Path:
    """Write one recording: channels Fp1_1 to PO10_2, and the onsets of codes as markers."""
    columns = loadmat(source)["mat_data"].T
    eeg = np.vstack([columns[part] for part in PLAYERS.values()]) * 1e-6
    codes = columns[-1].astype(int)
    onsets = np.flatnonzero((codes != 0) & (np.diff(codes, prepend=0) != 0))
    _, pair, condition = source.stem.split("_")  # group_01_s1
    stem = f"sub-{pair}_ses-{condition}_task-game_eeg"
    folder = dataset / f"sub-{pair}/ses-{condition}/eeg"
    folder.mkdir(parents=True, exist_ok=True)
    pybv.write_brainvision(
        data=eeg,
        sfreq=SFREQ,
        ch_names=[f"{site}_{player}" for player in PLAYERS for site in SITES],
        fname_base=stem,
        folder_out=str(folder),
        events=[
            {"onset": int(at), "duration": 1, "type": "Stimulus", "description": int(codes[at])}
            for at in onsets
        ],
        unit="µV",
    )
    return folder / f"{stem}.vhdr"


def main(mat_files: Path, dataset: Path) -> None:
    """Convert all files of a folder; a file that is there already stops it."""
    found = sorted(mat_files.rglob("group_*_s[1-4].mat"))
    if not found:
        sys.exit(f"{mat_files}: no file is called like group_01_s1.mat. Unpack the archives there.")
    for file in found:
        print(convert(file, dataset))
    text = json.dumps(ABOUT, indent=2, ensure_ascii=False) + "\n"
    (dataset / "dataset_description.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Name the folder of the MAT files and a new folder: python convert.py mat bi2015b")
    main(*map(Path, sys.argv[1:]))
