"""What makes results/derivatives/interbrain a BIDS dataset of its own.

Writes its description only; the stages write the data.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from interbrain.bids.dataset import BIDS_VERSION

README = """# Interbrain derivatives of {title}

| what | where |
|---|---|
| aggregated dataset, statistics, quality, exclusions, decisions | `group/`, with data dictionary (`.json`) |
| PLV per ROI and per channel pair, epochs of both members, ledger of windows | `dyads/` |
| PLV and amplitude correlation with the client delayed by every lag | `dyads/`: `*lags_plv.tsv` |
| where the study asked: each window | `dyads/`: `*timeresolved_plv.tsv` |
| where the study asked: within each brain | `dyads/`: `*withinbrain_plv.tsv` |
| where the study asked: directed coupling | `dyads/`: `*directed_stats.tsv` |
| picture of each recording's cleaning, and what was decided | `dyads/`: `*_summary.webp`, `*_decisions.tsv` |
| cleaned continuous recordings and what was done to them | `sub-*/ses-*/eeg/` |

Made by Interbrain {version} from the BIDS dataset `raw` (see DatasetLinks).
"""
# Names that BIDS does not know yet: dyads have no place in it, nor have ledgers and statistics.
IGNORED = ["dyads", "group", "**/*_desc-clean_*"]


def write_derivative_description(
    root: Path, title: str, authors: list[str], version: str, raw: str = "bids"
) -> None:
    """Write dataset_description.json, README.md and .bidsignore of the derivative dataset.

    `raw` is the folder of the dataset that was analysed; the link to it starts at `root`.
    """
    description = {
        "Name": f"Interbrain derivatives of {title}",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "Authors": authors,
        "GeneratedBy": [{"Name": "Interbrain", "Version": version}],
        "DatasetLinks": {"raw": Path(os.path.relpath(raw, root)).as_posix()},
    }
    root.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("dataset_description.json", json.dumps(description, indent=2, ensure_ascii=False) + "\n"),
        ("README.md", README.format(title=title, version=version)),
        (".bidsignore", "\n".join(IGNORED) + "\n"),
    ):
        (root / name).write_text(text, encoding="utf-8", newline="\n")
