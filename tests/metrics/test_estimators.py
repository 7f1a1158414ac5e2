"""All estimators: against a slow and obvious formula each, other people's software, and their symmetries.

`test_a_new_estimator_is_wherever_it_must_be` lists what a new estimator needs here and in the docs.
"""

import re
import sys
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interbrain.metrics import METRICS, OVER, arranged, members
from interbrain.metrics.estimators.locking import plv

sys.path.insert(0, str(Path(__file__).parent))
import oracles
from test_expectations import WITHOUT_COUPLING

REFERENCES = Path(__file__).parent / "data" / "estimator_references.npz"
# What each name in the references is here; the script that made them says where definitions differ.
SAME = {
    "hypyp_plv": "plv",
    "hypyp_ccorr": "ccorr",
    "hypyp_accorr": "accorr",
    "hypyp_coh": "coherence",
    "hypyp_imcoh": "imaginary_coherence",
    "hypyp_pli": "pli",
    "hypyp_wpli": "wpli",
    "mne_plv": "plv",
    "mne_ppc": "ppc",
    "mne_ciplv": "ciplv",
    "mne_pli": "pli",
    "mne_wpli": "wpli",
    "mne_wpli2_debiased": "dwpli",
    "mne_coh": "coherence",
    "mne_imcoh": "imaginary_coherence",
    "mne_aec": "aec",
    "mne_aec_orthogonalised": "aec_orthogonalised",
}
# No other software has these: each has a test of its own in its place.
WITHOUT_PEERS = {"iplv"}
WITHOUT_SIGN = {"hypyp_ccorr", "mne_imcoh"}  # theirs or ours is an absolute value

# What a lag of its own in each member does not change; the others treat zero lag apart.
BLIND_TO_LAG = {"plv", "ppc", "coherence", "ccorr", "accorr", "aec"}
# These follow each member's own course of phase, not the difference alone.
OF_OWN_COURSE = {"ccorr", "accorr"}
AT_ZERO_LAG = {
    **dict.fromkeys(("plv", "ppc", "coherence", "ccorr", "accorr", "aec"), 1),
    **dict.fromkeys(("pli", "iplv", "imaginary_coherence"), 0),
    **dict.fromkeys(("ciplv", "wpli", "dwpli", "aec_orthogonalised"), np.nan),
}

every = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
precisions = pytest.mark.parametrize("dtype", [np.complex64, np.complex128])


def for_metric(metric, *signals, dtype=np.complex128):
    """Signals as the estimator wants them: with their amplitude, or without."""
    return [(z / np.abs(z) if metric.needs == "phase" else z).astype(dtype) for z in signals]


def signals(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def coupled(n_bands, n_epochs, n_channels, n_channels_b, n_times, seed=0):
    """Two members that share some of their signal, at lags of their own."""
    shared = signals(n_bands, n_epochs, 1, n_times, seed=seed)
    rng = np.random.default_rng(seed + 1)
    lag_a, lag_b = (np.exp(2j * np.pi * rng.random((n, 1))) for n in (n_channels, n_channels_b))
    a = signals(n_bands, n_epochs, n_channels, n_times, seed=seed + 2) + lag_a * shared
    b = signals(n_bands, n_epochs, n_channels_b, n_times, seed=seed + 3) + lag_b * shared
    return a, b


@every
@pytest.mark.parametrize(("dtype", "tolerance"), [(np.complex128, 1e-12), (np.complex64, 3e-6)])
def test_an_estimator_equals_its_slow_and_obvious_formula(metric, dtype, tolerance):
    a, b = for_metric(metric, *coupled(2, 3, 4, 3, 61), dtype=dtype)
    value = metric(a, b)
    assert value.shape == (2, 3, 4, 3)
    assert value.dtype == np.empty(0, dtype).real.dtype
    slow = np.empty(value.shape)
    for band, epoch, i, k in np.ndindex(slow.shape):
        x, y = (z.astype(complex).tolist() for z in (a[band, epoch, i], b[band, epoch, k]))
        slow[band, epoch, i, k] = getattr(oracles, metric.name)(x, y)
    np.testing.assert_allclose(value, slow, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.complex128, 1e-13), (np.complex64, 3e-6)])
@pytest.mark.parametrize("theirs", SAME)
def test_an_estimator_equals_other_peoples_software(theirs, dtype, tolerance):
    metric = METRICS[SAME[theirs]]
    with np.load(REFERENCES) as reference:
        value = metric(*for_metric(metric, *reference["z"], dtype=dtype))
        expected = reference[theirs]
    if theirs in WITHOUT_SIGN:
        value, expected = np.abs(value), np.abs(expected)
    np.testing.assert_allclose(value, expected, rtol=0, atol=tolerance)


def test_every_estimator_has_a_reference_and_every_reference_is_tested():
    with np.load(REFERENCES) as reference:
        assert set(reference.files) == {*SAME, "z", "versions"}
    assert {*SAME.values(), *WITHOUT_PEERS} <= set(METRICS)


def test_a_new_estimator_is_wherever_it_must_be(repository):
    """One list of all that is lacking; docs/howto/add-an-estimator.md says what each place is."""
    pages = {
        name: (repository / f"docs/{name}.md").read_text(encoding="utf-8") for name in ("formulas", "methods")
    }
    rows = {
        name: " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `"))
        for name, page in pages.items()
    }
    places = {
        "a slow formula in tests/metrics/oracles.py": vars(oracles),
        "SAME (or WITHOUT_PEERS, with a test of its own) in tests/metrics/test_estimators.py": {
            *SAME.values(),
            *WITHOUT_PEERS,
        },
        "AT_ZERO_LAG in tests/metrics/test_estimators.py": AT_ZERO_LAG,
        "WITHOUT_COUPLING in tests/metrics/test_expectations.py": WITHOUT_COUPLING,
        "the table of estimators in docs/formulas.md": re.findall(r"`(\w+)`", rows["formulas"]),
        "the table of other estimators in docs/methods.md": ["plv", *re.findall(r"`(\w+)`", rows["methods"])],
    }
    lacking = [
        f"{name} is not in {place}"
        for place, there in places.items()
        for name in METRICS
        if name not in there
    ]
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        (
            r"Further estimators of phases \(([^)]*)\)",
            {name for name, metric in METRICS.items() if metric.needs == "phase"} - {"plv"},
        ),
        (
            r"\n\n((?:`\w+`(?:,| and)? ?)+)cannot be computed by a matrix product",
            {name for name, metric in METRICS.items() if metric.slow},
        ),
    ],
    ids=["compared with strangers", "slow"],
)
def test_the_page_on_methods_names_the_estimators_that_are_treated_apart(repository, sentence, names):
    page = (repository / "docs/methods.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(\w+)`", re.search(sentence, page)[1])) == names, "edit docs/methods.md"


def test_the_imaginary_part_of_plv_follows_from_the_peers_plv_and_ciplv():
    """With p of PLV and c of ciPLV, Im^2 = c^2 (1 - p^2) / (1 - c^2)."""
    with np.load(REFERENCES) as reference:
        z, p, c = reference["z"], reference["mne_plv"], reference["mne_ciplv"]
    ours = METRICS["iplv"](*(x / np.abs(x) for x in z))
    np.testing.assert_allclose(ours, c * np.sqrt((1 - p**2) / (1 - c**2)), rtol=0, atol=1e-9)


@every
def test_five_minutes_in_single_precision_lose_nothing_that_matters(metric):
    a, b = coupled(1, 1, 3, 3, 30_000)
    fine = metric(*for_metric(metric, a, b))
    coarse = metric(*for_metric(metric, 1e-6 * a, 1e-6 * b, dtype=np.complex64))  # as volts
    np.testing.assert_allclose(coarse, fine, rtol=0, atol=5e-6)


sizes = st.tuples(*[st.integers(1, 3)] * 2, *[st.integers(1, 4)] * 2, st.integers(4, 40))
seeds = st.integers(0, 2**32 - 5)


@pytest.mark.long_but("plv", "accorr", "wpli", "aec")
@every
@given(shape=sizes, seed=seeds)
def test_values_lie_within_the_bounds_that_the_registry_states(metric, shape, seed):
    value = metric(*for_metric(metric, *coupled(*shape, seed=seed)))
    assert ((value >= metric.low) & (value <= metric.high)).all()


@pytest.mark.long_but("plv", "accorr", "wpli", "aec")
@every
@given(shape=sizes, seed=seeds)
def test_swapping_the_members_transposes_the_pairs(metric, shape, seed):
    a, b = for_metric(metric, *coupled(*shape, seed=seed))
    np.testing.assert_allclose(metric(b, a).swapaxes(-1, -2), metric(a, b), atol=1e-9)


@pytest.mark.long_but("plv", "accorr", "wpli", "aec")
@every
@given(shape=sizes, seed=seeds, turn=st.floats(-10, 10))
def test_turning_all_phases_by_one_angle_changes_nothing(metric, shape, seed, turn):
    a, b = for_metric(metric, *coupled(*shape, seed=seed))
    turned = np.exp(1j * turn)
    np.testing.assert_allclose(metric(a * turned, b * turned), metric(a, b), atol=1e-8)


@pytest.mark.long_but("accorr", "ppc")
@pytest.mark.parametrize("name", sorted(BLIND_TO_LAG))
@given(shape=sizes, seed=seeds, turn=st.floats(-10, 10))
def test_a_constant_lag_between_the_members_changes_nothing_where_lag_does_not_count(name, shape, seed, turn):
    metric = METRICS[name]
    a, b = for_metric(metric, *coupled(*shape, seed=seed))
    np.testing.assert_allclose(metric(a, b * np.exp(1j * turn)), metric(a, b), atol=1e-8)


@pytest.mark.long_but("plv", "wpli", "aec")
@pytest.mark.parametrize("name", sorted(set(METRICS) - OF_OWN_COURSE))
@given(shape=sizes, seed=seeds)
def test_a_course_of_phase_that_both_share_changes_nothing(name, shape, seed):
    metric = METRICS[name]
    a, b = for_metric(metric, *coupled(*shape, seed=seed))
    course = np.exp(1j * np.linspace(0, 7, a.shape[-1]) ** 2)
    np.testing.assert_allclose(metric(a * course, b * course), metric(a, b), atol=1e-8)


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.needs == "signal"])
@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1e6])
def test_the_unit_of_the_signals_does_not_matter(name, dtype, unit):
    a, b = (z.astype(dtype) for z in coupled(1, 2, 3, 3, 100))
    other = METRICS[name]((unit * a).astype(dtype), (2 * unit * b).astype(dtype))
    np.testing.assert_allclose(other, METRICS[name](a, b), atol=1e-5 if dtype == np.complex64 else 1e-12)


@every
@precisions
@pytest.mark.parametrize("n_channels", [3, 32])
@pytest.mark.parametrize("broken", ["constant", "no amplitude", "infinite", "missing", "missing briefly"])
def test_a_channel_without_a_signal_is_missing_and_touches_no_other(metric, dtype, n_channels, broken):
    a, b = for_metric(metric, *coupled(2, 3, n_channels, 4, 50), dtype=dtype)
    whole = metric(a, b)
    moment = 7 if broken in ("missing briefly", "infinite") else slice(None)
    value = {"constant": np.exp(0.3j), "no amplitude": 0, "infinite": np.inf}.get(broken, np.nan)
    a[:, :, 1, moment] = value
    b[0, 2, 3, moment] = value
    expected_nan = np.zeros(whole.shape, bool)
    expected_nan[:, :, 1] = True
    expected_nan[0, 2, :, 3] = True
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = metric(a, b)
    assert np.array_equal(np.isnan(got), expected_nan), (
        f"all pairs of a channel that is {broken}, and no others, have to be NaN"
    )
    assert np.array_equal(got[~expected_nan], whole[~expected_nan])


@every
def test_one_sample_tells_nothing(metric):
    assert np.isnan(metric(*for_metric(metric, *coupled(1, 2, 3, 3, 1)))).all()


@every
@precisions
def test_signals_of_equal_phase_are_locked_or_blindly_so_or_missing(metric, dtype):
    (a,) = for_metric(metric, signals(1, 2, 1, 400), dtype=dtype)
    b = a if metric.needs == "phase" else (2 * a).astype(dtype)
    np.testing.assert_allclose(metric(a, b), AT_ZERO_LAG[metric.name], atol=1e-6)


@pytest.mark.parametrize("name", ["plv", "ppc", "ciplv", "pli", "wpli", "dwpli"])
@precisions
def test_a_fixed_lag_is_perfect_locking(name, dtype):
    (a,) = for_metric(METRICS[name], signals(1, 2, 1, 400), dtype=dtype)
    np.testing.assert_allclose(METRICS[name](a, (a * np.exp(0.8j)).astype(dtype)), 1, atol=1e-5)


@pytest.mark.parametrize("name", ["aec", "aec_orthogonalised"])
@precisions
def test_an_amplitude_that_does_not_vary_is_missing(name, dtype):
    a, b = (z.astype(dtype) for z in coupled(1, 2, 3, 3, 200))
    b[:, :, 1] = (b[:, :, 1] / np.abs(b[:, :, 1])).astype(dtype)  # but for rounding
    value = METRICS[name](a, b)
    assert np.isnan(value[..., 1]).all() and np.isfinite(value[..., [0, 2]]).all()


@every
def test_memory_decides_how_many_windows_and_channels_at_once_but_not_the_values(metric, monkeypatch):
    a, b = for_metric(metric, *coupled(2, 7, 5, 6, 80))
    at_once = metric(a, b)
    monkeypatch.setattr(members, "CACHE", 3 * 80 * a.itemsize)  # less than one window
    np.testing.assert_allclose(metric(a, b), at_once, rtol=0, atol=1e-14)


@pytest.mark.long_but("shape0-plv", "shape0-accorr", "shape0-wpli", "shape1-aec_orthogonalised")
@every
@pytest.mark.parametrize("shape", [(1, 40, 32, 32, 500), (1, 1, 32, 32, 20_000)])
def test_working_memory_stays_far_below_that_of_all_pairs_at_all_instants(metric, shape):
    a, b = for_metric(metric, *coupled(*shape), dtype=np.complex64)
    tracemalloc.start()
    metric(a, b)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 30e6, "compute a few channels at a time; all pairs at all instants take 82 MB"


@every
@pytest.mark.parametrize("over", OVER)
def test_averaging_otherwise_is_the_same_estimator_of_rearranged_samples(metric, over):
    a, b = for_metric(metric, *coupled(2, 9, 3, 4, 12))
    value = metric(arranged(a, over), arranged(b, over))
    if over == "time":
        expected = metric(a, b)
    elif over == "windows":
        at_instants = [metric(*(z[..., t].swapaxes(1, 2)[:, None] for z in (a, b))) for t in range(12)]
        expected = np.concatenate(at_instants, axis=1)
    else:
        joined = (np.concatenate(list(z.swapaxes(0, 1)), axis=-1)[:, None] for z in (a, b))
        expected = metric(*joined)
    np.testing.assert_allclose(value, expected, rtol=0, atol=1e-12)


def test_windows_that_start_with_the_same_phases_are_locked_over_windows_only():
    phases = np.exp(2j * np.pi * np.random.default_rng(0).random((2, 1, 1, 1, 200)))
    noise = np.exp(1j * np.random.default_rng(1).vonmises(0, 50, (2, 1, 40, 1, 200)))
    a, b = phases * noise
    assert plv(a, b).max() < 0.3
    assert plv(arranged(a, "windows"), arranged(b, "windows")).min() > 0.95


def test_an_average_over_something_else_is_refused():
    with pytest.raises(ValueError, match="over time, windows or recording, not over 'trials'"):
        arranged(np.zeros((1, 1, 1, 1)), "trials")


@every
@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        (signals(2, 3, 50), signals(2, 3, 4, 50), "n_bands, n_epochs, n_channels, n_times"),
        (signals(2, 3, 4, 50), signals(1, 3, 4, 50), "number of bands: 2 and 1"),
        (signals(2, 3, 4, 50), signals(2, 1, 4, 50), "number of windows: 3 and 1"),
        (signals(2, 3, 4, 50), signals(2, 3, 4, 51), "samples in a window: 50 and 51"),
        (signals(2, 3, 4, 50).real, signals(2, 3, 4, 50), "complex"),
        (signals(2, 3, 4, 0), signals(2, 3, 4, 0), "hold no samples"),
    ],
)
def test_members_that_do_not_match_are_refused_in_plain_words(metric, a, b, message):
    with pytest.raises(ValueError, match=message):
        metric(a, b)


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.needs == "phase"])
def test_signals_where_phasors_are_wanted_are_refused(name):
    a, b = coupled(1, 2, 3, 3, 50)
    for one_of_signals in ((1e-6 * a, b / np.abs(b)), (a / np.abs(a), 1e-6 * b)):
        with pytest.raises(ValueError, match="Divide analytic signals by their amplitude"):
            METRICS[name](*one_of_signals)


@every
def test_no_window_gives_no_value(metric):
    a, b = for_metric(metric, *coupled(2, 1, 3, 4, 20))
    assert metric(a[:, :0], b[:, :0]).shape == (2, 0, 3, 4)


@every
def test_an_estimator_that_can_be_negative_has_minus_one_as_its_bound_and_the_others_zero(metric):
    values = metric(*for_metric(metric, *(signals(1, 50, 3, 8, seed=k) for k in (1, 2))))
    assert (metric.low, metric.high) == (-1 if (values < 0).any() else 0, 1)


@every
def test_an_estimator_without_a_matrix_product_is_called_slow(metric):
    """Its chance level is computed at the channels of the sites only."""
    assert metric.slow == ("imaginary_products" in metric.function.__wrapped__.__code__.co_names)


def test_the_registry_says_what_each_estimator_is():
    for name, metric in METRICS.items():
        assert metric.name == name and metric.needs in ("phase", "signal")
        assert all((metric.title, metric.definition, metric.without_coupling, metric.reference, metric.unit))
        assert name == metric.function.__name__ and metric.function.__doc__
    assert METRICS["plv"].described() == (
        "Phase-Locking Value: |<exp(i d)>|; over time in each window, then the mean over windows; from 0 to 1"
    )
