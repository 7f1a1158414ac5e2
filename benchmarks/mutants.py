"""Would the tests notice an error? The share of small errors, put into a room's code, at which a test fails.

Run by hand, 2 to 10 minutes of CPU a room: python benchmarks/mutants.py metrics [--mutants 40] [--seed 0]
It asks for packages beside the locked ones:
.venv/bin/python -m pip install uv && .venv/bin/uv pip install --python .venv/bin/python cosmic-ray coverage
Prints each mutant with the test that failed, and a row of the table of CONTRIBUTING.md. The source is never
touched: a mutant is what one process of tests imports.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import ast
import csv
import difflib
import functools
import importlib.machinery
import json
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.provider import _OPERATORS
from scipy import stats

ROOT = Path(__file__).resolve().parent.parent
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.tsv")
# The room's own tests, and those that hold what the room promises to others. Tests of what runs again, of the
# house and of pages would fail at any change of the code, right or wrong.
TESTS = {
    "metrics": ["tests/metrics", "tests/test_library.py"],
    "chance": ["tests/chance", "tests/test_library.py"],
    "clocks": ["tests/clocks", "tests/test_library.py"],
    "statistics": ["tests/statistics", "tests/findings", "tests/test_library.py"],
    "findings": ["tests/findings", "tests/report/test_cards.py", "tests/report/test_first_card.py"],
}
AT_MOST = 15.0  # seconds of CPU time a mutant: what only costlier tests would find counts as survived
# A shift of a float is a TypeError: any test that comes by would find it, so it shows nothing.
NEVER_MEANT = ("Shift", "BitOr", "BitAnd", "BitXor", "_Is", "_IsNot", "Invert", "Variable")


def operators():
    return {
        name: made()
        for name, made in _OPERATORS.items()
        if not name.endswith(NEVER_MEANT) and not name.startswith("Variable")
    }


class Meaning(ast.NodeTransformer):
    """What a program does: without its annotations and docstrings."""

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        node.annotation = ast.Constant(None)
        return node

    def visit_Expr(self, node):
        return node if not isinstance(node.value, ast.Constant) else ast.Pass()


def meaning(source):
    return ast.dump(Meaning().visit(ast.parse(source)))


def mutants(room, n, seed):
    """`n` mutants, drawn by place and then by kind; how many places there are; what was passed over.

    Mutants of annotations and docstrings change nothing that runs, and are passed over.
    """
    found = []
    sources = {}
    for path in sorted((ROOT / "workflow/interbrain" / room).rglob("*.py")):
        sources[path] = path.read_text(encoding="utf-8")
        nodes = list(ast_nodes(get_ast(sources[path])))
        places = defaultdict(list)
        for name, operator in operators().items():
            positions = (position for node in nodes for position in operator.mutation_positions(node))
            for number, (start, end) in enumerate(positions):
                places[start, end].append((name, number))
        found += [(path, place, kinds) for place, kinds in sorted(places.items())]
    drawing = random.Random(f"{room} {seed}")
    drawing.shuffle(found)
    drawn, idle = [], Counter()
    for path, ((line, _), (last, _)), kinds in found:
        if len(drawn) == n:
            break
        kind, number = drawing.choice(kinds)
        mutated = mutate_code(sources[path], operators()[kind], number)
        try:
            if meaning(mutated) == meaning(sources[path]):
                idle["annotations"] += 1
                continue
        except SyntaxError:
            idle["no Python"] += 1
            continue
        drawn.append((path, line, last, kind, mutated))
    return drawn, len(found), idle


def in_a_process(work, seconds):
    """What `work` gives in a process of its own: at most so many seconds of CPU time; None where it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
        resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
        os.write(writing, json.dumps(work()).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--basetemp=/tmp/mutants_{os.getpid()}"]


class Watched:
    """Which test runs which lines of the room, and how long it takes."""

    def __init__(self, room):
        import coverage

        self.coverage = coverage.Coverage(
            data_file=None, include=[str(ROOT / "workflow/interbrain" / room / "*")], config_file=False
        )
        self.seconds = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_setup(self, item):
        self.coverage.switch_context(f"{item.nodeid}|setup")
        start = time.process_time()
        yield
        self.seconds[item.nodeid] = time.process_time() - start

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item):
        self.coverage.switch_context(f"{item.nodeid}|call")
        start = time.process_time()
        yield
        self.seconds[item.nodeid] += time.process_time() - start

    def run(self, files):
        self.coverage.start()
        failed = pytest.main([*PYTEST, *files], plugins=[self])
        self.coverage.stop()
        data = self.coverage.get_data()
        lines = {
            path: {str(line): names for line, names in data.contexts_by_lineno(path).items()}
            for path in data.measured_files()
        }
        return {"failed": int(failed), "seconds": self.seconds, "lines": lines}


class Chosen:
    """The tests that come by the mutated line, cheapest first, and which of them failed."""

    def __init__(self, names, seconds):
        chosen = []
        of_file, spent = defaultdict(float), 0.0
        for name in sorted(names, key=seconds.__getitem__):
            spent += seconds[name]
            if spent > AT_MOST and of_file:
                break
            of_file[name.split("::")[0]] += seconds[name]
            chosen.append(name)
        self.order = {
            name: (of_file[name.split("::")[0]], name.split("::")[0], seconds[name]) for name in chosen
        }
        self.failed = []

    def pytest_collection_modifyitems(self, items):
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order), key=lambda item: self.order[item.nodeid]
        )

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.failed.append(report.nodeid)

    def run(self, path, mutated):
        original = importlib.machinery.SourceFileLoader.get_code

        def get_code(loader, name):
            if loader.path == str(path):
                return compile(mutated, loader.path, "exec", dont_inherit=True)
            return original(loader, name)

        importlib.machinery.SourceFileLoader.get_code = get_code
        files = sorted({name.split("::")[0] for name in self.order})
        ended = pytest.main([*PYTEST, *files], plugins=[self])
        return {"survived": ended in (0, 5), "failed": self.failed}


def tests_of(before, path, line, last):
    """All tests that run the lines; those of a whole file where what the file's tests share ran them."""
    lines = before["lines"].get(str(path), {})
    names = set()
    for number in range(line, last + 1):
        for context in lines.get(str(number), []):
            name, _, when = context.rpartition("|")
            if not context:  # at the import
                return set(before["seconds"])
            file = name.split("::")[0]
            names |= {name} if when == "call" else {n for n in before["seconds"] if n.split("::")[0] == file}
    return names


def changed(source, mutated):
    """The changed lines, before and after."""
    lines = list(difflib.ndiff(source.splitlines(), mutated.splitlines()))
    return tuple(" / ".join(line[2:].strip() for line in lines if line.startswith(sign)) for sign in "-+")


@functools.cache
def equivalents():
    with EQUIVALENT.open(encoding="utf-8", newline="") as file:
        return {
            (row["module"], row["line"], row["mutant"]): row["why"]
            for row in csv.DictReader(file, delimiter="\t")
        }


def share(killed, n):
    low, high = stats.binomtest(killed, n).proportion_ci(method="wilson")
    return f"{killed / n:.2f} [{low:.2f}, {high:.2f}]"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("room", choices=TESTS)
    parser.add_argument("--mutants", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.chdir(ROOT)
    # what each process would load again, and no module of ours
    import mne  # noqa: F401
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    import pydantic  # noqa: F401
    import scipy.optimize
    import scipy.signal  # noqa: F401
    import statsmodels.api  # noqa: F401

    assert not any(name.startswith("interbrain") for name in sys.modules)
    files = TESTS[options.room]
    before = in_a_process(lambda: Watched(options.room).run(files), 3000)
    if before is None or before["failed"]:
        sys.exit("The tests fail without a mutant: mend them first.")
    drawn, n_places, idle = mutants(options.room, options.mutants, options.seed)
    print(f"{options.room}: {n_places} places; drawn and passed over: {dict(idle)}", flush=True)
    outcomes = Counter()
    for path, line, last, kind, mutated in drawn:
        module = path.relative_to(ROOT / "workflow/interbrain").as_posix()
        old, new = changed(path.read_text(encoding="utf-8"), mutated)
        names = tests_of(before, path, line, last)
        why = equivalents().get((module, old, new))
        outcome, by = "no test", ""
        if names:
            limit = 10 + 3 * min(AT_MOST, sum(before["seconds"][name] for name in names))
            chosen = Chosen(names, before["seconds"])
            ran = in_a_process(functools.partial(chosen.run, path, mutated), limit)
            outcome = "survived" if ran and ran["survived"] else "killed"
            by = "ended by the limit" if ran is None else (ran["failed"] or [""])[0]
        if why and outcome != "killed":
            outcome, by = "equivalent", why
        outcomes[outcome] += 1
        print(f"{outcome}\t{module}:{line}\t{kind}\t{old}\t{new}\t{len(names)} tests\t{by}", flush=True)
    n, killed = len(drawn), outcomes["killed"]
    print("| room | mutants | killed | equivalent | survived | score | score without equivalents |")
    print("|---|---|---|---|---|---|---|")
    left = n - killed - outcomes["equivalent"]
    print(
        f"| {options.room} | {n} | {killed} | {outcomes['equivalent']} | {left} | {share(killed, n)} "
        f"| {share(killed, n - outcomes['equivalent'])} |"
    )


if __name__ == "__main__":
    main()
