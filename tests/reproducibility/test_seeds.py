import re

import numpy as np

from interbrain.reproducibility.seeds import content_of, derived_seed, seed_of_content


def test_a_seed_is_the_same_on_every_machine():
    # CRC-32 of "chance" and of "D01", read from gzip's trailer.
    assert derived_seed(20181108, "chance", "D01", 1) == [20181108, 0x243B3B24, 0x064ACAC7, 1]


def test_the_run_may_come_as_text_from_a_wildcard():
    assert derived_seed(1, "chance", "D01", "2") == derived_seed(1, "chance", "D01", 2)


def test_each_of_study_stage_dyad_and_run_gives_other_numbers():
    seeds = [
        derived_seed(study, stage, dyad, run)
        for study in (0, 1)
        for stage in ("chance", "simulate")
        for dyad in ("D01", "D10")
        for run in (1, 2)
    ]
    drawn = {np.random.default_rng(seed).integers(2**62) for seed in seeds}
    assert len(drawn) == 16


def test_a_recordings_seed_comes_from_its_samples_in_this_order_and_from_nothing_else():
    one, other = np.arange(6.0).reshape(2, 3), np.arange(6.0).reshape(3, 2)
    assert content_of(one) == content_of(np.asfortranarray(one)) == content_of(one.copy())
    assert content_of(one) not in (content_of(other), content_of(one + 1e-15))
    seeds = [seed_of_content([1, 2], *of) for of in (("ab",), ("cd",), ("ab", "cd"), ("cd", "ab"))]
    assert seeds[0] == [1, 2, 0xAB] and len({tuple(seed) for seed in seeds}) == 4
    assert seed_of_content([1, 2], "") == [1, 2]


def test_no_rule_but_the_simulators_takes_a_seed_from_a_label(repository):
    rules = {
        file.name: file.read_text(encoding="utf-8") for file in (repository / "workflow/rules").glob("*.smk")
    }
    calls = [call for text in rules.values() for call in re.findall(r"derived_seed\(([^)]*)\)", text)]
    assert len(calls) >= 5
    assert [call for call in calls if not re.fullmatch(r'config\["seed"\], "[a-z_]+"', call)] == []
