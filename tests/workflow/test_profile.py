"""What the profile says of rules holds for the rules that there are."""

import re

import yaml

from .conftest import REPOSITORY

TEXTS = [file.read_text() for file in sorted((REPOSITORY / "workflow/rules").glob("*.smk"))]
RULES = {
    name: body
    for text in TEXTS
    for name, body in re.findall(r"^ *rule (\w+):\n((?:(?!^ *rule |^use rule ).*\n)*)", text, re.M)
}
PROFILE = yaml.safe_load((REPOSITORY / "profiles/slurm/config.yaml").read_text())


def test_every_rule_says_what_memory_and_time_it_needs_by_its_own_name():
    assert len(RULES) > 20
    for name, body in RULES.items():
        assert f'**needs("{name}")' in body, name


def test_the_groups_are_of_rules_that_there_are_and_only_parts_of_the_pseudo_dyads_are_in_none():
    grouped = {entry.split("=")[0] for entry in PROFILE["groups"]}
    assert grouped <= set(RULES)
    assert set(RULES) - grouped == {"pseudodyads", "release"}


def test_no_rule_repeats_itself():
    """A rule's own retries repeat inside the allocation, too: three times three."""
    assert not any("retries:" in text for text in TEXTS) and PROFILE["retries"] == 2
