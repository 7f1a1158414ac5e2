import numpy as np

from interbrain.seeds import derived_seed


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
