"""The reference numbers (R's, and the paper's) that stand beside these tests."""

import json
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def reference() -> dict:
    """Data, models and car::Anova's answers; `frames` holds each model's data, ready to be tested."""
    found = json.loads((DATA / "anova.json").read_text(encoding="utf-8"))
    whole = pd.DataFrame(found["data_14"]["rows"], columns=found["data_14"]["columns"])
    cell = ["dyad", "therapist", "mindfulness", "modality", "roi", "band"]
    by_time = whole.pivot(index=cell, columns="time", values="plv").reset_index()
    found["frames"] = {
        "times": whole,
        "mean": by_time.assign(plv=(by_time["pre"] + by_time["post"]) / 2),
        "change": by_time.assign(plv=by_time["post"] - by_time["pre"]),
        # a covariate has one value a dyad: the mean of its cells before the session
        "post with pre": by_time.assign(
            plv=by_time["post"], pre=by_time.groupby("dyad")["pre"].transform("mean")
        ),
        "unbalanced": pd.DataFrame(
            found["data_unbalanced"]["rows"], columns=found["data_unbalanced"]["columns"]
        ),
    }
    return found


@pytest.fixture(scope="session")
def paper() -> list[dict]:
    return json.loads((DATA / "paper.json").read_text(encoding="utf-8"))["statistics"]
