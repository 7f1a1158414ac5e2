"""Coordination as a score in a study of several times: it enters a correlation as synchrony does."""

import numpy as np
import pandas as pd
import pytest

from interbrain.statistics import analyse
from interbrain.statistics.design import DesignError
from interbrain.statistics.over_times import as_scores, of_each_time
from interbrain.statistics.signals import signal_statistics

EDA = "eda_wcc_absolute_above_chance"


@pytest.fixture
def study():
    """Sixteen dyads, two times, two bands: PLV changes as coordination does; its mean does not."""
    rng = np.random.default_rng(7)
    level, change, noise = rng.standard_normal((3, 16))
    rows = []
    for i in range(16):
        for time, half in (("pre", -0.5), ("post", 0.5)):
            about = {"dyad": f"D{i:02}", "therapist": f"T{i:02}", "client": f"C{i:02}", "time": time}
            about |= {
                EDA: noise[i] + half * change[i],
                "power_client": 10.0 + i % 3 + half,
                "power_therapist": 1.0,
            }
            for band, shift in (("theta", 0.0), ("alpha", 0.1)):
                plv = 0.3 + 0.05 * level[i] + half * 0.1 * change[i] + shift
                rows.append(about | {"roi": "frontal", "band": band, "plv": plv, "above_chance": plv - 0.3})
    return pd.DataFrame(rows)


def correlation(study, time):
    tables = analyse(study, [], [], ["plv"], [EDA], by_time=[EDA], time=time, relabelings=99, bootstraps=99)
    return tables["correlations"].query("band == 'alpha'").iloc[0]


def test_a_change_is_correlated_with_the_change_and_a_mean_with_the_mean(study):
    wide = study.query("band == 'alpha'").pivot(index="dyad", columns="time")
    changes = [wide[name, "post"] - wide[name, "pre"] for name in ("plv", EDA)]
    means = [(wide[name, "post"] + wide[name, "pre"]) / 2 for name in ("plv", EDA)]
    assert correlation(study, "change")["r"] == pytest.approx(np.corrcoef(*changes)[0, 1])
    assert correlation(study, "change")["r"] > 0.99
    assert correlation(study, "mean")["r"] == pytest.approx(np.corrcoef(*means)[0, 1])
    last = [wide[name, "post"] for name in ("plv", EDA)]
    assert correlation(study, "ancova")["r"] == pytest.approx(np.corrcoef(*last)[0, 1])


def test_a_score_that_varies_within_a_dyad_and_is_not_known_to_is_still_refused(study):
    with pytest.raises(DesignError, match="differs within D00"):
        analyse(study, [], [], ["plv"], [EDA], relabelings=99, bootstraps=99)


def test_a_dyad_without_a_time_has_a_mean_and_no_change_and_a_missing_value_is_not_averaged_away(study):
    study = study[(study["dyad"] != "D00") | (study["time"] == "pre")].copy()
    study.loc[(study["dyad"] == "D01") & (study["time"] == "pre"), EDA] = np.nan
    mean = as_scores(study, [EDA]).groupby("dyad")[EDA].first()
    change = as_scores(study, [EDA], "change").groupby("dyad")[EDA].first()
    own = study.query("dyad == 'D00'")[EDA].iloc[0]
    assert mean["D00"] == own and np.isnan(change["D00"])
    assert np.isnan(mean["D01"]) and np.isnan(change["D01"])
    assert mean.drop("D01").notna().all()


def test_a_covariate_of_the_eeg_is_the_mean_over_bands_beside_coordination(study):
    study.loc[study["band"] == "alpha", "power_client"] += 2
    assert of_each_time(study, ["power_client"])["power_client"].iloc[0] == pytest.approx(10.5)
    study["group"] = np.where(study["dyad"].str[1:].astype(int) % 2, "a", "b")
    found = signal_statistics(
        study, [EDA], ["group"], [], covariates=["log_power_client"], relabelings=99, bootstraps=99
    )
    assert "log_power_client" in set(found["signalanova"]["effect"])


def test_coordination_is_correlated_with_that_of_another_signal_as_it_enters(study):
    study["motion_wcc_absolute_above_chance"] = 2 * study[EDA] + 1
    name = "motion_wcc_absolute_above_chance"
    found = signal_statistics(
        study, [EDA], [], [name], by_time=[name], time="change", relabelings=99, bootstraps=99
    )
    assert found["signalcorrelations"]["r"].iloc[0] == pytest.approx(1)
