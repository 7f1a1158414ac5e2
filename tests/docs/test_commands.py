"""Commands that the pages name exist: targets of make and of Snakemake, and programs of the repository."""

import re
import shlex

from snakemake.cli import get_argument_parser

# Written by whoever follows the page, or by a run.
NOT_HERE = {
    "workflow/interbrain/metrics/estimators/cosine.py",
    "examples/session/bids/sourcedata/truth_session.tsv",
}
OPEN = re.compile(r"\.\.\.|…|--cores [A-Z]")  # what the reader has to fill in


def commands(repository):
    """Each command of a page: in a block of the shell, or within a line."""
    pages = [repository / "README.md", repository / "CONTRIBUTING.md", *(repository / "docs").rglob("*.md")]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^ *```(?:sh|bash)?\n(.*?)^ *```", text, re.S | re.M)
        lines = [line for block in blocks for line in block.splitlines()]
        for command in (*lines, *re.findall(r"`([^`\n]+)`", text)):
            words = command.partition("#")[0].split()
            if words and not OPEN.search(command):
                yield page.name, command.strip(), words


def test_every_target_of_make_and_of_snakemake_that_a_page_names_exists(repository):
    rules = "\n".join(p.read_text(encoding="utf-8") for p in (repository / "workflow/rules").glob("*.smk"))
    targets = {"check", *re.findall(r"^ *rule (\w+):", rules, re.M)}
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    made = {*re.findall(r"^([a-z-]+):", makefile, re.M), ".venv/.installed"}
    parser, seen = get_argument_parser(), []
    for page, command, (program, *words) in commands(repository):
        if program == "make":
            assert {word for word in words if "=" not in word} <= made, (page, command)
        elif program == "snakemake":
            asked = parser.parse_args(shlex.split(command, comments=True)[1:])
            assert {*asked.targets, *(asked.forcerun or [])} <= targets, (page, command)
        seen.append(program)
    assert seen.count("make") > 20 and seen.count("snakemake") > 20


def test_every_program_of_the_repository_that_a_page_names_is_there(repository):
    found = [
        (page, file)
        for page, command, _ in commands(repository)
        for file in re.findall(r"(?:^|\s)((?:workflow|benchmarks|examples|envs)/[\w./-]+\.\w+)", command)
    ]
    assert len(found) > 20
    assert [
        (page, file) for page, file in found if not (repository / file).exists() and file not in NOT_HERE
    ] == []
