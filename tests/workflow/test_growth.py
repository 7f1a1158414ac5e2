"""What Snakemake has to compare for a plan grows as the study does: counted, not timed."""

import importlib.util
import os
import subprocess
import sys

# Snakemake's comparisons of one file with another, of a file with a pattern, and names made of patterns.
COUNTED = """
import sys
from snakemake.io import _IOFile

n = 0

def counting(method):
    def counted(*arguments, **named):
        global n
        n += 1
        return method(*arguments, **named)
    return counted

for name in ("__eq__", "match", "apply_wildcards"):
    setattr(_IOFile, name, counting(getattr(_IOFile, name)))

from snakemake.cli import main

sys.argv[0] = "snakemake"
try:
    main()
finally:
    print(n)
"""
SIZES = (10, 20, 40)


def test_twice_the_dyads_are_twice_the_comparisons(repository, tmp_path):
    found = importlib.util.spec_from_file_location("plan", repository / "benchmarks/plan.py")
    plan = importlib.util.module_from_spec(found)
    found.loader.exec_module(plan)
    counts = []
    for n_dyads in SIZES:
        folder = tmp_path / f"{n_dyads}"
        plan.write_study(folder, n_dyads)
        command = [sys.executable, "-c", COUNTED, "-s", repository / "Snakefile", "-n", "--quiet", "all"]
        command += ["--", "everything", "release"]
        # The order of sets decides how many rules are compared, and must be the same for all sizes.
        environment = os.environ | {"PYTHONHASHSEED": "0"}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=True
        )
        counts.append(int(done.stdout.splitlines()[-1]))
    small, middle, large = counts
    assert large - middle <= 2.01 * (middle - small), counts
