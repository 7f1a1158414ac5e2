"""The draw of strangers: seeded, of strangers only, as many as asked for, and divided without a trace."""

import sys
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interbrain.chance import are_strangers, stored_phases
from interbrain.chance.draw import DYADS_A_STRETCH, in_parts
from interbrain.chance.pseudodyads import in_order, part_table, pseudodyad_table
from interbrain.files.tables import read_table, write_table
from interbrain.tables.pseudodyads import PSEUDODYADS

sys.path.insert(0, str(Path(__file__).parent))
from phasors import random_phasors

SEED = [7, 1]
MOST = 30


def dyads(n, a_therapist=3, modalities=("room", "online")):
    """Every therapist has three dyads, every eleventh client two, and one client is a therapist elsewhere."""
    rows = [
        {"dyad": f"D{i}", "therapist": f"T{i // a_therapist}", "client": f"C{i - (i % 11 == 10)}"}
        for i in range(n)
    ]
    rows[5]["client"] = "T0"
    return [row | {"modality": modalities[i % len(modalities)]} for i, row in enumerate(rows)]


def drawn(rows, most=MOST, seed=SEED, n_parts=1, alike=("modality",), **where):
    """Of each dyad its pseudo-dyads in the order of the draw, by the dyads of therapist and of client."""
    found = {}
    for part in in_parts(rows, alike, most, seed, n_parts, **where):
        for group in range(len(part.rings)):
            names = [part.rows[i]["dyad"] for i in part.members(group)]
            for owner, therapist, client in zip(*part.pairs(group), strict=True):
                found.setdefault(names[owner], []).append((names[therapist], names[client]))
    return found


def possible(rows, alike=("modality",)):
    """Of each dyad all its pseudo-dyads, by looking at every pair."""
    people = [[row[name] for row in rows] for name in ("therapist", "client", *alike)]
    names, found = [row["dyad"] for row in rows], {}
    for i, k in np.argwhere(are_strangers(*people)):
        for owner in (i, k):
            found.setdefault(names[owner], set()).add((names[i], names[k]))
    return found


def test_who_has_no_more_than_the_setting_is_compared_with_all():
    rows = dyads(24)
    (part,) = in_parts(rows, ["modality"], 200, SEED)
    assert part.rings == [0, 0] and not part.drawn
    assert {name: set(pairs) for name, pairs in drawn(rows, 200).items()} == possible(rows)
    assert {row["dyad"]: row["possible"] for row in part.rows} == {
        n: len(p) for n, p in possible(rows).items()
    }


@pytest.mark.parametrize("n_parts", [1, 3])
def test_each_dyad_has_as_many_strangers_as_asked_for_and_some_to_spare(n_parts):
    rows = dyads(120)
    found, all_of_them = drawn(rows, n_parts=n_parts), possible(rows)
    assert set(found) == {row["dyad"] for row in rows}
    for name, pairs in found.items():
        assert len(pairs) == len(set(pairs)) == min(38, len(all_of_them[name]))
        assert set(pairs) <= all_of_them[name]  # nobody whom they met, nor themselves, nor another modality


def test_a_dyad_with_few_strangers_in_a_large_study_has_all_of_them():
    rows = dyads(120, a_therapist=100, modalities=("room",))  # two therapists, one of 100 dyads
    rows += [{"dyad": "last", "therapist": "Z", "client": "Y", "modality": "elsewhere"}]
    found, all_of_them = drawn(rows, 130), possible(rows)
    few = {name for name, pairs in all_of_them.items() if len(pairs) <= 130}
    assert 90 < len(few) < 110 and "last" not in found
    assert all(set(found[name]) == all_of_them[name] for name in few)
    several = drawn(rows, 130, n_parts=4)
    assert several == found


def test_the_draw_depends_on_the_seed_and_on_no_name():
    rows = dyads(120)
    found = drawn(rows)
    assert found == drawn(rows) and found != drawn(rows, seed=[8, 1])
    other = {row["dyad"]: f"X{999 - i}" for i, row in enumerate(rows)}
    people = {"therapist": lambda name: f"P{name[::-1]}", "client": lambda name: f"P{name[::-1]}"}
    renamed = [
        row | {"dyad": other[row["dyad"]]} | {role: new(row[role]) for role, new in people.items()}
        for row in rows
    ]
    expected = {other[name]: [(other[t], other[c]) for t, c in pairs] for name, pairs in found.items()}
    assert drawn(renamed) == expected


def test_a_further_dyad_and_one_that_is_left_out_change_the_draw_of_few():
    rows = dyads(1200, modalities=("room",))
    found = drawn(rows)
    longer = drawn(dyads(1201, modalities=("room",)))
    assert sum(longer[name] != pairs for name, pairs in found.items()) < 60
    shorter = drawn(rows[:7] + rows[8:], at=[i for i in range(len(rows)) if i != 7])
    assert sum(shorter[name] != found[name] for name in shorter) < 60


def test_a_draw_takes_nobody_more_often_than_others():
    """Each dyad's strangers are a random sample, and everybody is a stranger equally often."""
    rows = dyads(400, a_therapist=1, modalities=("room",))
    rows = [row | {"client": f"C{i}"} for i, row in enumerate(rows)]
    found = {name: pairs[:40] for name, pairs in drawn(rows, 40).items()}
    as_therapist = Counter(t for name, pairs in found.items() for t, c in pairs if t != name)
    assert set(as_therapist.values()) == {20} and len(as_therapist) == 400
    apart = [abs(int(c[1:]) - int(t[1:])) for pairs in found.values() for t, c in pairs]
    assert np.mean(apart) == pytest.approx(401 / 3, rel=0.15)  # of two rows at random


def test_a_part_needs_few_dyads_besides_its_own_and_all_parts_grow_with_the_study():
    needed = []
    for n in (1000, 2000):
        parts = in_parts(dyads(n), ["modality"], 200, SEED, n // 200)
        own = [sum(row["own"] for row in part.rows) for part in parts]
        assert sum(own) == n and max(own) <= 200 + DYADS_A_STRETCH
        # 63 neighbours to either side, in whole stretches, at no more than two places of the rings
        assert max(len(part.rows) for part in parts) <= max(own) + 4 * 4 * DYADS_A_STRETCH
        needed.append(sum(len(part.rows) for part in parts))
    assert needed[1] <= 2.1 * needed[0]


def study(n, tmp_path, n_windows=3):
    """Random phases on disk of one band and two channels; two dyads have lost windows, one all of them."""
    rows, files, opened = dyads(n), {"therapist": [], "client": []}, []
    kept = [list(range(n_windows)) for _ in rows]
    kept[4], kept[9] = [], [1]

    def load(path):
        opened.append(path.name)
        return np.load(path, mmap_mode="r")

    for number, (role, found) in enumerate(files.items()):
        for i, windows in enumerate(kept):
            path = tmp_path / f"{i}_{role}.npy"
            np.save(path, stored_phases(random_phasors(1, len(windows), 2, 20, 1000 * number + i)))
            found.append(partial(load, path))
    return rows, files["therapist"], files["client"], kept, opened


ABOUT = {"rois": {"central": ["C3", "Cz"]}, "bands": ["alpha"], "length_s": 2.5}


def table_in_parts(rows, therapists, clients, kept, n_parts, most=MOST, **settings):
    at, tables = {row["dyad"]: i for i, row in enumerate(rows)}, []
    for part in in_parts(rows, ["modality"], most, SEED, n_parts):
        needed = [at[row["dyad"]] for row in part.rows]
        some = [[people[i] for i in needed] for people in (therapists, clients, kept)]
        tables.append(part_table(part, *some, **ABOUT, **settings))
    return in_order(tables, list(at), ["plv", "ppc"])


@pytest.mark.long
def test_parts_have_the_bytes_of_the_whole(tmp_path):
    rows, *files, _ = study(80, tmp_path)
    settings = {"min_clean_s": 2.5, "estimators": ["plv", "ppc"]}
    whole = table_in_parts(rows, *files, 1, **settings)
    assert list(dict.fromkeys(whole["dyad"])) == [row["dyad"] for row in rows]
    for n_parts in (2, 3):
        joined = table_in_parts(rows, *files, n_parts, **settings)
        pd.testing.assert_frame_equal(joined, whole, check_exact=True)
    path = tmp_path / "table.tsv"
    write_table(path, whole.assign(time="pre"), PSEUDODYADS)
    once = path.read_bytes()
    again = in_order([read_table(path, PSEUDODYADS)], list(dict.fromkeys(whole["dyad"])), ["plv", "ppc"])
    write_table(path, again, PSEUDODYADS)
    assert path.read_bytes() == once  # parts are read again before they are joined
    at_once = pseudodyad_table(
        *(pd.DataFrame(rows), *files), alike=["modality"], most=MOST, seed=SEED, **ABOUT, **settings
    )
    pd.testing.assert_frame_equal(at_once, whole, check_exact=True)


@pytest.mark.long
def test_a_drawn_table_has_the_values_of_those_pairs_and_says_of_how_many(tmp_path):
    rows, *files, _ = study(120, tmp_path)
    every = pseudodyad_table(pd.DataFrame(rows), *files, alike=["modality"], **ABOUT).set_index("dyad")
    some = table_in_parts(rows, *files, 1).set_index("dyad")
    assert "n_pseudo_possible" not in every
    np.testing.assert_allclose(some["own_above_chance"], every["own_above_chance"], atol=1e-6)
    counts = {name: len(pairs) for name, pairs in possible(rows).items()}
    assert some["n_pseudo_possible"].to_dict() == counts
    lost = some.index == "D4"
    assert (some.loc[~lost, "n_pseudo"] == MOST).all() and (some.loc[lost, "n_pseudo"] == 0).all()
    # the mean of a sample of the same values
    error = (some["pseudo"] - every["pseudo"]).abs()[~lost]
    assert 0 < error.mean() < (every["pseudo_sd"] / MOST**0.5)[~lost].mean()


def test_those_who_share_too_little_are_replaced_by_the_next(tmp_path):
    rows, *files, _ = study(120, tmp_path)
    table = table_in_parts(rows, *files, 1, min_clean_s=5).set_index("dyad")
    few = table.index.isin(["D4", "D9"])  # no window, and one of 2.5 s
    assert (table.loc[~few, "n_pseudo"] == MOST).all()
    assert table.loc[few, ["own_above_chance", "pseudo"]].isna().all(axis=None)


@pytest.mark.long
def test_a_part_opens_the_files_that_it_was_given_and_each_few_times(tmp_path):
    rows, therapists, clients, kept, opened = study(300, tmp_path, n_windows=2)
    at = {row["dyad"]: i for i, row in enumerate(rows)}
    most_needed = []
    for part in in_parts(rows, ["modality"], 20, SEED, 3):
        opened.clear()
        needed = [at[row["dyad"]] for row in part.rows]
        part_table(part, *[[x[i] for i in needed] for x in (therapists, clients, kept)], **ABOUT)
        assert {name.partition("_")[0] for name in opened} <= {str(i) for i in needed}
        most_needed.append(len(needed))
        assert max(Counter(opened).values()) <= 2 * len(needed) / DYADS_A_STRETCH
    assert max(most_needed) < 300


def test_no_more_files_are_open_at_once_than_two_stretches_have(tmp_path, monkeypatch):
    from interbrain.chance import strangers

    rows, *files, _ = study(120, tmp_path, n_windows=2)
    at_once = []
    means = strangers._means
    monkeypatch.setattr(
        strangers, "_means", lambda t, c, *rest: at_once.append((len(t), len(c))) or means(t, c, *rest)
    )
    table_in_parts(rows, *files, 2)
    assert max(map(max, at_once)) <= DYADS_A_STRETCH
