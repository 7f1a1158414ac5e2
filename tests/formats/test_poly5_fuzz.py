"""Random Poly5 files, valid and damaged: a right recording or a FormatError, and never anything else."""

import importlib.util

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def fuzz(repository):
    """The benchmark that does the same with a hundred thousand files."""
    spec = importlib.util.spec_from_file_location("fuzz_poly5", repository / "benchmarks" / "fuzz_poly5.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def path(fuzz, tmp_path_factory):
    path = tmp_path_factory.mktemp("poly5") / "fuzzed.poly5"
    fuzz.warm_up(path)
    return path


few = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.long
@few
@given(st.integers(0, 2**32))
def test_a_valid_file_with_any_quirks_is_read_exactly(fuzz, path, seed):
    content, data = fuzz.make(np.random.default_rng(seed))
    assert fuzz.judge(path, content, data) == "read"


@few
@given(st.integers(0, 2**32))
def test_damage_of_any_kind_ends_in_a_recording_or_a_format_error(fuzz, path, seed):
    rng = np.random.default_rng(seed)
    content, _ = fuzz.damage(rng, fuzz.make(rng)[0], fuzz.make(rng)[0])
    assert fuzz.judge(path, content) in ("read", "FormatError")


@pytest.mark.long
@few
@given(
    changes=st.lists(st.tuples(st.integers(0, 1500), st.binary(min_size=1, max_size=4)), max_size=6),
    length=st.one_of(st.none(), st.integers(0, 2000)),
)
def test_a_few_changed_bytes_do_no_more_harm(fuzz, path, changes, length):
    content = bytearray(fuzz.make(np.random.default_rng(5))[0])
    for at, new in changes:
        content[at : at + len(new)] = new
    assert fuzz.judge(path, bytes(content[:length])) in ("read", "FormatError")
