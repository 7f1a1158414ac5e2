"""Faults on purpose: what a run does when it is killed, the disk is full, a folder is read-only, and so on.

Run by hand: make chaos, or python benchmarks/chaos.py [--kills 30] [--only PATTERN] [--cores 1]
A study of two dyads is simulated once and runs undisturbed; each fault then meets a copy of its raw
files and tables. A run has to work, or to end with one clear line; the same command afterwards has to
give the same bytes; no process and no temporary folder may be left. What this machine cannot show is
n/a, with the reason.
"""

import argparse
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "tests"))
from workflow.conftest import change_config, own_data  # noqa: E402
from workflow.conftest import make_study as cut_down_demo  # noqa: E402

DYADS = ("D01", "D05")
SEED = 14
OF_SNAKEMAKE = re.compile(r"-pulp\.|^snakemake|^tmp")  # kilobytes


@dataclass
class Outcome:
    """Exit status and last words, whether the bytes came out the same, and what was left."""

    ended: str
    same: str
    left: str


class NotHere(Exception):
    """This machine cannot show the fault."""


# --- the study ---------------------------------------------------------------------------------------------


def make_study(folder: Path) -> None:
    """The short study of the tests of whole runs, of two dyads, and with few relabelings."""
    cut_down_demo(folder, dyads=DYADS)

    def small(config: dict) -> None:
        config["statistics"]["between"] = []  # two dyads are too few to compare groups
        config["statistics"]["relabelings"] = config["statistics"]["bootstraps"] = 999

    change_config(folder, small)


def digests(folder: Path) -> dict[str, str]:
    """Of every file of the dataset and the results; logs and run.json are of times."""
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for top in ("bids", "results")
        for file in sorted((folder / top).rglob("*"))
        if file.is_file() and not {"logs", "sourcedata", "run.json"} & set(file.parts)
    }


# --- running -----------------------------------------------------------------------------------------------


class Bench:
    """The undisturbed study, and what all faults share."""

    def __init__(self, base: Path, cores: int):
        self.base, self.cores = base, cores
        self.temporary = base / "tmp"
        self.temporary.mkdir()
        self.study, self.expected, self.seconds = base / "study", {}, 0.0

    def prepare(self) -> None:
        """Simulate the raw files, take them for a lab's own, and run once."""
        make_study(self.study)
        simulated = self.run(self.study, "--until", "simulate")
        if simulated.returncode:
            raise SystemExit(simulated.stdout)
        own_data(self.study)
        for name in ("results", ".snakemake"):
            shutil.rmtree(self.study / name, ignore_errors=True)
        undisturbed = self.copy("undisturbed")
        begun = time.monotonic()
        done = self.run(undisturbed)
        self.seconds = time.monotonic() - begun
        if done.returncode:
            raise SystemExit(done.stdout)
        self.expected = digests(undisturbed)
        print(f"Undisturbed: {self.seconds:.0f} s, {len(self.expected)} files", file=sys.stderr)

    def copy(self, name: str) -> Path:
        folder = self.base / name
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.study, folder)
        return folder

    def command(self, folder: Path, *arguments: str, under: tuple[str, ...] = ()) -> list[str]:
        snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "Snakefile")]
        return [*under, *snakemake, "--directory", str(folder), "--cores", str(self.cores), *arguments]

    def begin(
        self,
        folder: Path,
        *arguments: str,
        under: tuple[str, ...] = (),
        cwd: Path | None = None,
        **environment,
    ) -> subprocess.Popen:
        """A run as a person starts it, in a session of its own, so that what it leaves can be told."""
        return subprocess.Popen(
            self.command(folder, *arguments, under=under),
            cwd=cwd or folder,
            env=os.environ | {"TMPDIR": str(self.temporary)} | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def run(self, folder: Path, *arguments: str, **how) -> subprocess.CompletedProcess:
        process = self.begin(folder, *arguments, **how)
        output = process.communicate()[0]
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def same(self, folder: Path) -> str:
        found = digests(folder)
        other = [f for f in self.expected if found.get(f) != self.expected[f]]
        more = [f for f in found if f not in self.expected]
        if not other and not more:
            return "yes"
        return f"NO: {len(other)} other, {len(more)} more ({', '.join((other + more)[:2])})"

    def left(self, folder: Path) -> str:
        """Processes and folders that are still there some seconds after the end; they are then removed."""
        for _ in range(30):
            processes = [pid for pid in of_this(folder, self.temporary)]
            folders = [p for p in self.temporary.iterdir()]
            if not processes and not folders:
                return "nothing"
            time.sleep(0.1)
        for pid in processes:
            os.kill(pid, signal.SIGKILL)
        for path in folders:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
        ours = [p.name for p in folders if not OF_SNAKEMAKE.search(p.name)]
        said = [f"{len(processes)} processes"] if processes else []
        said += [f"folders {', '.join(ours)}"] if ours else []
        # A process that is killed cannot remove what it keeps in the system's folder for temporary files.
        said += ["Snakemake's temporary files"] if len(folders) > len(ours) else []
        return ", ".join(said)


def of_this(folder: Path, temporary: Path) -> Iterator[int]:
    """Processes, whoever started them, that work in the folder or have our temporary folder."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            inside = Path(os.readlink(entry / "cwd")).is_relative_to(folder)
            ours = f"TMPDIR={temporary}\0".encode() in (entry / "environ").read_bytes()
            alive = (entry / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            continue
        if alive and int(entry.name) != os.getpid() and (inside or ours):
            yield int(entry.name)


def last_words(process: subprocess.CompletedProcess) -> str:
    """The exit status and the line that a person reads: of what stopped, or the last one."""
    lines = [line.strip() for line in process.stdout.splitlines() if line.strip()]
    if any(line.startswith("Traceback (most") for line in lines):
        return f"{process.returncode}, TRACEBACK: {lines[-1]}"
    stopped = [line for line in lines if line.startswith("Stopped:")]
    more = f" (and {len(stopped) - 1} more)" if len(stopped) > 1 else ""
    return f"{process.returncode}, {(stopped or lines or ['no word'])[-1]}{more}"


# --- the faults --------------------------------------------------------------------------------------------


def killed(bench: Bench, number: int, whom: str, rng: random.Random) -> Outcome:
    """kill -9 at a random moment, then the same command."""
    folder = bench.copy(f"killed {number}")
    process = bench.begin(folder)
    time.sleep(rng.uniform(0.5, bench.seconds))
    victims = [process.pid] if whom == "Snakemake" else list(victims_among(process.pid, whom))
    if victims:
        os.kill(rng.choice(victims), signal.SIGKILL)
    first = process.communicate()[0]
    ended = last_words(subprocess.CompletedProcess((), process.returncode, first))
    left = bench.left(folder) if whom == "Snakemake" else "nothing"
    again = bench.run(folder)
    left_after = bench.left(folder)
    ended = f"{'' if victims else '(no such process then) '}{ended}; then {last_words(again)}"
    return Outcome(ended, bench.same(folder), left if left != "nothing" else left_after)


def victims_among(parent: int, whom: str) -> Iterator[int]:
    """Processes of a kind below a run's: the one that has loaded the libraries, or one of a job."""
    children: dict[int, list[int]] = {}
    words: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            above = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words[int(entry.name)] = (
                (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
        except OSError:
            continue
        children.setdefault(above, []).append(int(entry.name))
    below, waiting = [], [parent]
    while waiting:
        more = children.get(waiting.pop(), [])
        below += more
        waiting += more
    warm = [p for p in children.get(parent, []) if "reproducibility.warm" in words.get(p, "")]
    forks = [p for p in below if "reproducibility.warm" in words.get(p, "") and p not in warm]
    kinds = {
        "the warm process": warm,
        "a job's fork": forks,
        "a job": [p for p in below if ".snakemake/scripts" in words.get(p, "") and p not in forks],
    }
    yield from kinds[whom]


def plain(name: str, **environment: str) -> Callable[[Bench], Outcome]:
    """A run in another environment, or in a folder of another name."""

    def fault(bench: Bench) -> Outcome:
        folder = bench.copy(name)
        done = bench.run(folder, **environment)
        return Outcome(last_words(done), bench.same(folder), bench.left(folder))

    return fault


def mounted(command: list[str], folder: Path):
    @contextmanager
    def mount() -> Iterator[None]:
        if subprocess.run(command, capture_output=True).returncode:
            raise NotHere(f"needs the right to {' '.join(command[:3])}")
        try:
            yield
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=False)

    return mount()


def full_disk(bench: Bench) -> Outcome:
    """The study on a disk that is too small; then everything is moved to one that is not."""
    folder = bench.base / "full disk"
    folder.mkdir()
    raw = sum(f.stat().st_size for f in bench.study.rglob("*") if f.is_file())
    size = f"size={raw // 2**20 + 12}m"
    with mounted(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], folder):
        shutil.copytree(bench.study, folder, dirs_exist_ok=True)
        stopped = bench.run(folder)
        subprocess.run(["mount", "-o", "remount,size=4g", str(folder)], check=True)
        again = bench.run(folder)
        return Outcome(
            f"{last_words(stopped)}; with space {last_words(again)}", bench.same(folder), bench.left(folder)
        )


def read_only(name: str) -> Callable[[Bench], Outcome]:
    """A part of the study's folder that cannot be written, then can."""

    def fault(bench: Bench) -> Outcome:
        folder = bench.copy(f"read-only {name or 'study'}")
        part = folder / name
        part.mkdir(exist_ok=True)
        if subprocess.run(["mount", "--bind", str(part), str(part)], capture_output=True).returncode:
            raise NotHere("needs the right to mount")
        try:
            subprocess.run(["mount", "-o", "remount,ro,bind", str(part)], check=True)
            stopped = bench.run(folder, cwd=bench.base)
        finally:
            subprocess.run(["umount", "-l", str(part)], check=False)
        again = bench.run(folder)
        return Outcome(
            f"{last_words(stopped)}; then {last_words(again)}", bench.same(folder), bench.left(folder)
        )

    return fault


def vanishing_input(bench: Bench) -> Outcome:
    """A raw file that goes while the run is on its way, and comes back."""
    folder = bench.copy("vanishing")
    process = bench.begin(folder)
    raw = next((folder / "bids/sourcedata").rglob("D05*client*"))
    time.sleep(bench.seconds / 5)
    raw.rename(bench.base / raw.name)
    words = process.communicate()[0]
    stopped = subprocess.CompletedProcess((), process.returncode, words)
    missing = bench.run(folder)
    (bench.base / raw.name).rename(raw)
    again = bench.run(folder)
    ended = f"{last_words(stopped)}; the same command: {last_words(missing)}; back again {last_words(again)}"
    return Outcome(ended, bench.same(folder), bench.left(folder))


def two_runs(bench: Bench) -> Outcome:
    """A second run in the folder of one that goes on."""
    folder = bench.copy("two runs")
    first = bench.begin(folder)
    time.sleep(bench.seconds / 4)
    second = bench.run(folder)
    words = first.communicate()[0]
    ended = last_words(subprocess.CompletedProcess((), first.returncode, words))
    return Outcome(f"second: {last_words(second)}; first: {ended}", bench.same(folder), bench.left(folder))


def clock_back(bench: Bench) -> Outcome:
    """Half of a run, a year ahead; the clock is set back, and the run goes on."""
    folder = bench.copy("clock")
    half = bench.run(folder, "--until", "clean")
    ahead = time.time() + 365 * 86400
    for path in folder.rglob("*"):
        os.utime(path, (ahead, ahead))
    rest = bench.run(folder)
    for path in folder.rglob("*"):  # as the line says
        os.utime(path)
    third = bench.run(folder)
    ended = f"{half.returncode}; then {last_words(rest)}; dated anew {last_words(third)}"
    return Outcome(ended, bench.same(folder), bench.left(folder))


def unwritable_home(bench: Bench) -> Outcome:
    """A person without a home folder and without a cache."""
    folder = bench.copy("home")
    nowhere = {"HOME": "/proc/nowhere", "XDG_CACHE_HOME": "/proc/nowhere/cache", "MPLCONFIGDIR": ""}
    done = bench.run(folder, **nowhere)
    return Outcome(last_words(done), bench.same(folder), bench.left(folder))


def no_temporary(bench: Bench) -> Outcome:
    """No folder for temporary files that can be written."""
    folder = bench.copy("no tmp")
    done = bench.run(folder, TMPDIR="/proc/nowhere")
    return Outcome(last_words(done), bench.same(folder), bench.left(folder))


def shell_in_a_label(bench: Bench) -> Outcome:
    """A dyad, a person and a raw file that are named like commands of a shell."""
    folder = bench.copy("shell")
    witness = folder / "witness"
    for path in (folder / "config").glob("*.tsv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("D01\t", f"D01; touch {witness}\t"), encoding="utf-8")
    stopped = bench.run(folder)
    ended = last_words(stopped) + ("; THE COMMAND RAN" if witness.exists() else "; no command ran")
    return Outcome(ended, "nothing is written", bench.left(folder))


def shell_in_a_file_name(bench: Bench) -> Outcome:
    """A raw file that is named like a command: it is a name like any other."""
    folder = bench.copy("shell file")
    old = next((folder / "bids/sourcedata").rglob("D01*therapist*"))
    new = old.with_name("a; touch witness; $(touch witness) `touch witness` 'x' &.Poly5")
    old.rename(new)
    path = folder / "config/recordings.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace(old.name, new.name), encoding="utf-8")
    done = bench.run(folder)
    witness = [*folder.rglob("witness")]
    ended = last_words(done) + ("; THE COMMAND RAN" if witness else "; no command ran")
    return Outcome(ended, bench.same(folder), bench.left(folder))


def comma(bench: Bench) -> Outcome:
    available = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.split()
    german = [name for name in available if name.startswith("de_")]
    if not german:
        raise NotHere("no locale with decimal commas is installed (locale -a)")
    return plain("comma", LC_ALL=german[0], LANG=german[0])(bench)


FAULTS: dict[str, Callable[[Bench], Outcome]] = {
    "full disk": full_disk,
    "the study's folder is read-only": read_only(""),
    "results/ is read-only": read_only("results"),
    "bids/ is read-only": read_only("bids"),
    "a raw file vanishes": vanishing_input,
    "two runs in one folder": two_runs,
    "clock set back by a year": clock_back,
    "locale with decimal commas": comma,
    "path with spaces, parentheses, umlauts, quotes": plain("Studie (neu) Zürich's Ä&B; x"),
    "HOME and cache cannot be written": unwritable_home,
    "no folder for temporary files": no_temporary,
    "a dyad named `D01; touch x`": shell_in_a_label,
    "a raw file named like a command": shell_in_a_file_name,
}


def table(rows: list[tuple[str, Outcome]]) -> str:
    head = "| fault | how it ended (exit status, last line) | same bytes afterwards | left over |"
    lines = [head, "|---|---|---|---|"]
    for name, outcome in rows:
        cells = [name, outcome.ended, outcome.same, outcome.left]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--only", default="", help="faults whose name this pattern finds")
    parser.add_argument("--cores", type=int, default=1)
    asked = parser.parse_args()
    base = Path(tempfile.mkdtemp(prefix="interbrain chaos "))
    bench, rng = Bench(base, asked.cores), random.Random(SEED)
    rows: list[tuple[str, Outcome]] = []
    try:
        bench.prepare()
        whom = ["Snakemake", "Snakemake", "a job", "the warm process", "a job's fork"]
        faults: dict[str, Callable[[Bench], Outcome]] = {
            f"kill -9 of {whom[k % 5]} ({k + 1})": lambda b, k=k: killed(b, k, whom[k % 5], rng)
            for k in range(asked.kills)
        }
        for name, fault in (faults | FAULTS).items():
            if not re.search(asked.only, name):
                continue
            try:
                outcome = fault(bench)
            except NotHere as reason:
                outcome = Outcome(f"n/a: {reason}", "n/a", "n/a")
            rows.append((name, outcome))
            print(table(rows).splitlines()[-1].replace(str(base), "..."), file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    print(table(rows).replace(str(base), "..."))


if __name__ == "__main__":
    main()
