"""Dyads against people who never met."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from interbrain.chance import CHANCE_SHIFTS, restored_phasors
from interbrain.chance.pseudodyads import pseudodyad_table, write_site_phases
from interbrain.metrics.estimators.circular import accorr

ROIS = {"frontal": ["F3", "Fz"], "central": ["Fz", "Cz"]}
CHANNELS = ["Oz", "Cz", "Fz", "F3"]
N_WINDOWS, N_TIMES = 20, 250


def member(rng, shared=0.0, course=None):
    """Analytic signals of one band: own slow noise, and a share of a common course."""

    def slow():
        steps = rng.standard_normal((1, N_WINDOWS, 4, N_TIMES)) + 1j * rng.standard_normal(
            (1, N_WINDOWS, 4, N_TIMES)
        )
        kernel = np.hanning(25)
        return np.apply_along_axis(lambda x: np.convolve(x, kernel, "same"), -1, steps)

    own = slow()
    return own if course is None else np.sqrt(1 - shared) * own + np.sqrt(shared) * course


def study(tmp_path, coupled=("D1",), clients=("C1", "C2", "C3", "C4"), n_kept=None):
    rng = np.random.default_rng(4)
    therapists = ["T1", "T1", "T2", "T3"]
    dyads = pd.DataFrame({"dyad": ["D1", "D2", "D3", "D4"], "therapist": therapists, "client": clients})
    dyads["modality"] = ["face", "face", "online", "face"]
    files = {"therapist": [], "client": []}
    for dyad in dyads["dyad"]:
        course = member(rng) if dyad in coupled else None
        for role, found in files.items():
            path = tmp_path / f"{dyad}_{role}.npy"
            write_site_phases(path, member(rng, 0.7, course), CHANNELS, ROIS)
            found.append(partial(np.load, path, mmap_mode="r"))
    kept = [list(range(N_WINDOWS))] * 4
    return dyads, files["therapist"], files["client"], kept


def table_of(parts, alike=(), **settings):
    about = {"rois": ROIS, "bands": ["alpha"], "alike": list(alike), "length_s": 2.5}
    found = pseudodyad_table(*parts, **about, **settings)
    return found.set_index(["dyad", "roi"])


def test_a_coupled_dyad_is_above_all_strangers_and_the_others_are_not(tmp_path):
    table = table_of(study(tmp_path))
    assert (table.loc["D1", "above_pseudo"] > 0.2).all()
    assert (table.loc["D1", "p_pseudo"] == 1 / (table.loc["D1", "n_pseudo"] + 1)).all()
    others = table.drop("D1", level="dyad")
    assert (others["above_pseudo"].abs() < 0.06).all() and (others["p_pseudo"] > 0.05).all()


def test_nobody_who_sat_together_is_a_stranger(tmp_path):
    """T1 sat with C1 and C2: D1's strangers are T1 with C3 and C4, and C1 with T2 and T3."""
    table = table_of(study(tmp_path))
    assert table["n_pseudo"].groupby("dyad").first().to_dict() == {"D1": 4, "D2": 4, "D3": 6, "D4": 6}


def test_strangers_come_from_dyads_that_are_alike(tmp_path):
    table = table_of(study(tmp_path), ["modality"])
    assert table["n_pseudo"].groupby("dyad").first().to_dict() == {"D1": 2, "D2": 2, "D3": 0, "D4": 4}
    alone = table.loc["D3"]
    assert alone["own_above_chance"].notna().all()
    assert alone[["pseudo", "above_pseudo", "p_pseudo"]].isna().all(axis=None)


def test_windows_are_paired_by_their_number_and_not_by_their_order(tmp_path):
    dyads, therapists, clients, kept = study(tmp_path)
    whole = table_of((dyads, therapists, clients, kept))
    moved = [[w + 100 * (i == 2) for w in own] for i, own in enumerate(kept)]
    table = table_of((dyads, therapists, clients, moved))
    assert table.loc["D3", "n_pseudo"].eq(0).all()  # D3 shares no window with anybody else
    assert table.loc["D1", "n_pseudo"].eq(2).all()  # the strangers that are left: T1 with C4, T3 with C1
    assert table["own_above_chance"].to_numpy() == pytest.approx(
        whole["own_above_chance"].to_numpy(), abs=1e-6
    )


def test_a_dyad_without_windows_has_no_value_and_is_nobodys_stranger(tmp_path):
    dyads, therapists, clients, kept = study(tmp_path)
    for files in (therapists, clients):
        np.save(files[3].args[0], files[3]()[:, :0])
    kept = [*kept[:3], []]
    table = table_of((dyads, therapists, clients, kept))
    assert table.loc["D4"].drop(columns=["estimator", "band", "n_pseudo"]).isna().all(axis=None)
    assert (table.loc["D4", "n_pseudo"] == 0).all() and (table.loc["D1", "n_pseudo"] == 2).all()


def test_people_with_too_little_clean_time_are_nobodys_stranger(tmp_path):
    dyads, therapists, clients, kept = study(tmp_path)
    for files in (therapists, clients):
        np.save(files[3].args[0], np.array(files[3]()[:, :7]))
    kept = [*kept[:3], kept[3][:7]]  # 17.5 s
    enough = table_of((dyads, therapists, clients, kept), min_clean_s=17.5)
    table = table_of((dyads, therapists, clients, kept), min_clean_s=18)
    without = [part[:3] for part in (dyads, therapists, clients, kept)]
    pd.testing.assert_frame_equal(table.drop("D4", level="dyad"), table_of(without))
    assert table.loc["D4", "own_above_chance"].isna().all() and (table.loc["D4", "n_pseudo"] == 0).all()
    assert enough.loc["D4", "own_above_chance"].notna().all() and (enough.loc["D1", "n_pseudo"] == 4).all()


def test_a_channel_without_signal_is_left_out_of_its_site(tmp_path):
    dyads, therapists, clients, kept = study(tmp_path)
    rng = np.random.default_rng(9)
    silent = member(rng)
    silent[:, :, [CHANNELS.index("F3"), CHANNELS.index("Fz")]] = np.nan
    write_site_phases(clients[0].args[0], silent, CHANNELS, ROIS)
    table = table_of((dyads, therapists, clients, kept))
    assert np.isnan(table.loc[("D1", "frontal"), "own_above_chance"])
    assert np.isfinite(table.loc[("D1", "central"), "own_above_chance"])


def test_every_estimator_of_phases_has_strangers_and_plv_keeps_its_own(tmp_path):
    parts = study(tmp_path)
    table = table_of(parts, estimators=["plv", "accorr", "aec", "ppc"])
    assert list(dict.fromkeys(table["estimator"])) == ["plv", "accorr", "ppc"]  # aec needs amplitudes
    pd.testing.assert_frame_equal(table[table["estimator"] == "plv"], table_of(parts))
    for name in ("accorr", "ppc"):
        of_one = table[table["estimator"] == name]
        assert (
            of_one.loc["D1", "above_pseudo"] > of_one.drop("D1", level="dyad")["above_pseudo"].max()
        ).all()


def test_a_further_estimator_has_the_values_of_pairing_two_people_by_hand(tmp_path):
    parts = study(tmp_path)
    _, therapists, clients, _ = parts
    table = table_of(parts, estimators=["accorr"])
    central = [1, 2]  # Fz and Cz among the ROI channels

    def above_chance(i, k):
        t, c = (restored_phasors(people[n]())[:, :, central] for people, n in ((therapists, i), (clients, k)))
        own = accorr(t, c).mean()
        shifted = []
        for shift in CHANCE_SHIFTS:
            early, late = slice(0, N_WINDOWS - abs(shift)), slice(abs(shift), N_WINDOWS)
            of_t, of_c = (early, late) if shift > 0 else (late, early)
            shifted.append(accorr(t[:, of_t], c[:, of_c]).mean())
        return own - np.mean(shifted)

    # D4's therapist with the clients of D1 to D3, and D4's client with their therapists
    strangers = [above_chance(i, k) for i, k in ((3, 0), (3, 1), (3, 2), (0, 3), (1, 3), (2, 3))]
    row = table.loc[("D4", "central")]
    assert row["own_above_chance"] == pytest.approx(above_chance(3, 3), abs=1e-6)
    assert row["pseudo"] == pytest.approx(np.mean(strangers), abs=1e-6) and row["n_pseudo"] == 6


def test_strangers_who_share_less_clean_time_than_a_dyad_must_are_no_pair(tmp_path):
    """Each dyad has 10 windows, and D1's are others than those of D2 to D4 but for three."""
    dyads, therapists, clients, _ = study(tmp_path)
    kept = [list(range(10)), *[list(range(7, 17))] * 3]
    few = table_of((dyads, therapists, clients, kept), min_clean_s=10.0)  # four windows of 2.5 s
    enough = table_of((dyads, therapists, clients, kept), min_clean_s=7.5)
    assert (few.loc["D1", "n_pseudo"] == 0).all() and few.loc["D1", "p_pseudo"].isna().all()
    assert (enough.loc["D1", "n_pseudo"] > 0).all()
    assert few.loc["D1", "own_above_chance"].notna().all()
    assert (few.loc["D3", "n_pseudo"] < enough.loc["D3", "n_pseudo"]).all()
