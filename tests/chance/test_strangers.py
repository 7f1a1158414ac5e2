"""Pseudo-dyads: who may meet whom, and the same numbers as pairing people one by one."""

import sys
import weakref
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from interbrain.chance import are_strangers, each_pseudo_dyad, pseudo_dyads, stored_phases
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.estimators.locking import plv

sys.path.insert(0, str(Path(__file__).parent))
from phasors import random_phasors

KEPT = [[0, 1, 2, 3, 4, 5], [0, 2, 3, 5], [1, 4], [], [0, 1, 2, 3, 4, 5]]  # of the persons of five dyads


def people(n_channels, seed, kept=KEPT):
    return [random_phasors(2, len(k), n_channels, 20, 100 * seed + i) for i, k in enumerate(kept)]


def one_by_one(a, b, kept_a, kept_b, metric=plv, shift=0):
    """Mean over the windows of one number; NaN without any."""
    values = [
        metric(a[:, [kept_a.index(w)]], b[:, [kept_b.index(w + shift)]])[:, 0]
        for w in kept_a
        if w + shift in kept_b
    ]
    return np.mean(values, axis=0) if values else np.full((2, a.shape[2], b.shape[2]), np.nan)


def everyone(n=5):
    return ~np.eye(n, dtype=bool)


@pytest.mark.parametrize("at_once", [1, 2, 28])
@pytest.mark.parametrize("name", ["plv", "accorr"])
def test_every_pair_has_the_value_of_pairing_the_two_alone(name, at_once, monkeypatch):
    monkeypatch.setattr("interbrain.chance.strangers.PEOPLE_AT_ONCE", at_once)
    therapists, clients = people(3, seed=1), people(2, seed=2)
    found = pseudo_dyads(therapists, clients, KEPT, KEPT, everyone(), METRICS[name])
    shared = [(i, k) for i in range(5) for k in range(5) if i != k and set(KEPT[i]) & set(KEPT[k])]
    assert list(zip(found.therapist, found.client, strict=True)) == shared
    for i, k, values, n_windows in zip(
        found.therapist, found.client, found.values, found.n_windows, strict=True
    ):
        expected = one_by_one(therapists[i], clients[k], KEPT[i], KEPT[k], METRICS[name])
        np.testing.assert_allclose(values, expected, atol=1e-12)
        assert n_windows == len(set(KEPT[i]) & set(KEPT[k]))


def test_pairs_that_are_not_allowed_do_not_meet():
    therapists, clients = people(3, seed=1, kept=[[0, 1]] * 6), people(2, seed=2, kept=[[0, 1]] * 6)
    allowed = np.random.default_rng(0).random((6, 6)) < 0.4
    found = pseudo_dyads(therapists, clients, [[0, 1]] * 6, [[0, 1]] * 6, allowed)
    assert np.column_stack([found.therapist, found.client]).tolist() == np.argwhere(allowed).tolist()


def test_people_of_another_modality_are_not_even_computed():
    calls = []

    def counting(a, b):
        calls.append(a.shape[2] * b.shape[2])
        return plv(a, b)

    kept = [[0]] * 6
    allowed = are_strangers("ABCDEF", "uvwxyz", ["room", "online", "room", "online", "room", "online"])
    pseudo_dyads(people(1, 1, kept), people(1, 2, kept), kept, kept, allowed, counting)
    assert sum(calls) == 2 * 3 * 3  # two groups of three therapists and three clients


def test_a_therapist_of_two_dyads_is_never_a_stranger_to_their_own_clients():
    allowed = are_strangers(["T1", "T2", "T1", "T3"], ["C1", "C2", "C3", "C4"])
    together = [(0, 0), (0, 2), (2, 0), (2, 2), (1, 1), (3, 3)]
    assert sorted(map(tuple, np.argwhere(~allowed).tolist())) == sorted(together)


def test_nobody_is_their_own_stranger_in_another_role():
    allowed = are_strangers(["P1", "P2"], ["P3", "P1"])  # who is therapist here is client there
    assert allowed.tolist() == [[False, False], [True, False]]


def test_a_dyad_without_its_client_is_an_error_and_no_smaller_table_of_strangers():
    with pytest.raises(ValueError, match="shorter"):
        are_strangers(["T1", "T2"], ["C1"])


def test_strangers_share_modality_and_time():
    allowed = are_strangers(
        ["A", "B", "C", "A"],
        ["x", "y", "z", "x"],
        ["room", "room", "online", "room"],
        ["pre", "pre", "pre", "post"],
    )
    assert np.argwhere(allowed).tolist() == [[0, 1], [1, 0]]


def test_the_null_of_a_dyad_is_its_two_people_with_strangers():
    found = pseudo_dyads(people(3, 1), people(2, 2), KEPT, KEPT, everyone())
    own = found.of(0, 0)
    pairs = [(0, 1), (0, 2), (0, 4), (1, 0), (2, 0), (4, 0)]
    at = [list(zip(found.therapist, found.client, strict=True)).index(pair) for pair in pairs]
    np.testing.assert_array_equal(own, found.values[at])


def test_only_what_is_asked_for_is_kept_of_a_pair():
    therapists, clients = people(3, seed=1), people(2, seed=2)
    site = partial(roi_mean, rows=[0, 2], cols=[1])
    found = pseudo_dyads(therapists, clients, KEPT, KEPT, everyone(), reduce=lambda v: site(v)[0])
    whole = pseudo_dyads(therapists, clients, KEPT, KEPT, everyone())
    np.testing.assert_allclose(found.values, site(whole.values)[0])


def test_pairs_with_too_few_shared_windows_are_left_out():
    found = pseudo_dyads(people(3, 1), people(2, 2), KEPT, KEPT, everyone(), min_windows=4)
    assert list(zip(found.therapist, found.client, strict=True)) == [
        (0, 1),
        (0, 4),
        (1, 0),
        (1, 4),
        (4, 0),
        (4, 1),
    ]


def test_without_any_pair_there_is_an_empty_null():
    found = pseudo_dyads(people(3, 1), people(2, 2), KEPT, KEPT, np.zeros((5, 5), dtype=bool))
    assert len(found.values) == len(found.therapist) == len(found.of(0, 0)) == 0


def test_each_pair_is_measured_by_its_own_chance_level():
    therapists, clients = people(3, seed=1), people(2, seed=2)
    shifts = (-3, -1, 1, 4)
    found = pseudo_dyads(therapists, clients, KEPT, KEPT, everyone(), chance_shifts=shifts)
    for i, k, values in zip(found.therapist, found.client, found.values, strict=True):
        pair = therapists[i], clients[k], KEPT[i], KEPT[k]
        chance = np.nanmean([one_by_one(*pair, shift=s) for s in shifts], axis=0)
        np.testing.assert_allclose(values, one_by_one(*pair) - chance, atol=1e-14)


def test_stored_phases_give_the_values_of_the_phasors():
    therapists, clients = people(3, seed=1), people(2, seed=2)
    exact = pseudo_dyads(therapists, clients, KEPT, KEPT, everyone())
    stored = [[stored_phases(x) for x in y] for y in (therapists, clients)]
    found = pseudo_dyads(*stored, KEPT, KEPT, everyone())
    np.testing.assert_allclose(found.values, exact.values, atol=1e-4)


def test_files_give_the_values_of_the_arrays_and_few_are_open_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("interbrain.chance.strangers.PEOPLE_AT_ONCE", 2)
    kept = [[0, 1, 2]] * 9
    maps, open_at_once = [], []

    def opened(path):
        array = np.load(path, mmap_mode="r")
        maps.append(weakref.ref(array._mmap))
        open_at_once.append(sum(m() is not None for m in maps))
        return array

    arrays, files = [], []
    for side, n_channels in enumerate((3, 2)):
        arrays.append([stored_phases(x) for x in people(n_channels, side, kept)])
        paths = [tmp_path / f"{side}_{i}.npy" for i in range(9)]
        for path, codes in zip(paths, arrays[-1], strict=True):
            np.save(path, codes)
        files.append([partial(opened, path) for path in paths])
    found = pseudo_dyads(*files, kept, kept, everyone(9))
    assert found.values.tobytes() == pseudo_dyads(*arrays, kept, kept, everyone(9)).values.tobytes()
    assert max(open_at_once) == 4  # two of either side


def test_a_broken_channel_is_missing_in_its_person_s_pairs_only():
    therapists, clients = people(3, seed=1), people(2, seed=2)
    clean = pseudo_dyads(therapists, clients, KEPT, KEPT, everyone())
    therapists[0] = therapists[0].copy()
    therapists[0][:, :, 1] = np.nan
    found = pseudo_dyads(therapists, clients, KEPT, KEPT, everyone())
    broken = found.therapist == 0
    assert np.isnan(found.values[broken][:, :, 1]).all()
    np.testing.assert_array_equal(found.values[broken][:, :, [0, 2]], clean.values[broken][:, :, [0, 2]])
    np.testing.assert_array_equal(found.values[~broken], clean.values[~broken])


def test_what_everybody_in_the_room_shares_is_no_synchrony_of_a_dyad():
    """A sound that turns everybody's phase alike: above a circular shift, not above strangers."""
    rng = np.random.default_rng(0)
    kept = [list(range(12))] * 8
    heard = rng.uniform(0, 2 * np.pi, (1, 12, 1, 20))
    persons = [[np.exp(1j * (heard + rng.normal(0, 1, (1, 12, 2, 20)))) for _ in range(8)] for _ in range(2)]
    found = pseudo_dyads(*persons, kept, kept, everyone(8))
    for i in range(8):
        observed = plv(persons[0][i], persons[1][i]).mean(axis=1)
        assert (np.abs(observed - found.of(i, i).mean(axis=0)) < 0.1).all() and observed.mean() > 0.3


@pytest.mark.parametrize("found", [pseudo_dyads, lambda *x, **y: list(each_pseudo_dyad(*x, **y))])
def test_lists_that_do_not_belong_together_are_refused(found):
    with pytest.raises(ValueError, match=r"5 therapists and 5 clients need a table"):
        found(people(3, 1), people(2, 2), KEPT, KEPT, everyone(4))
    with pytest.raises(ValueError, match="5 clients need as many lists of windows, not 4"):
        found(people(3, 1), people(2, 2), KEPT, KEPT[:4], everyone())
    with pytest.raises(ValueError, match="shift 0"):
        found(people(3, 1), people(2, 2), KEPT, KEPT, everyone(), chance_shifts=(0, 1))
