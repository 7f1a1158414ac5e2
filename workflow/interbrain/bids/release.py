"""What may leave the laboratory, as one file: the dataset, the tables made from it, and the report.

Packs what is listed and nothing else, after searching it for what the study knows to be private. Cleaned
recordings and epochs stay behind: they are as large as the dataset, and the workflow makes them again.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePath
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from interbrain.bids.annotations import CHANNEL_WORDS, MARK_WORDS
from interbrain.bids.identities import MEMBER_WORDS, naming_labels, placeholder_authors
from interbrain.formats.opening import KNOWN_SUFFIXES
from interbrain.plain_letters import plain_letters
from interbrain.problems import ManyProblems
from interbrain.reproducibility.crate import METADATA, Content, describe
from interbrain.words import listed as listed_words

MANIFEST = "SHA256SUMS"
CODE = "code/workflow"  # where BIDS has what made the dataset
DERIVATIVES = "derivatives/interbrain"  # in the release, where BIDS has them
LEFT_OUT = """
This release leaves out the cleaned recordings and the epochs: Interbrain makes them again from the dataset.
"""
# Words of file names that name nobody: those of marks and channels, of roles, of formats, and of BIDS.
HARMLESS = MARK_WORDS | CHANNEL_WORDS | MEMBER_WORDS | {suffix.lstrip(".") for suffix in KNOWN_SUFFIXES}
HARMLESS |= set("brainvision dyad eeglab fdt raw run ses sub task vmrk".split())  # noqa: SIM905
SHORTEST_NAME, SHORTEST_TEXT = 3, 5  # letters: shorter ones would be found by chance
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold, for every file
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%b-%Y")


class ReleaseError(ManyProblems):
    """Something that must not be shared would be; the message lists all of it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(
            f"nothing was packed for release, for {len(problems)} reason{'s' * (len(problems) != 1)}",
            problems,
        )
        self.args = (self.problems,)


def release_name(title: str, version: str) -> str:
    """File name of a release, without the suffix: the title in plain letters, and the dataset's version."""
    plain = plain_letters(title.replace("–", "-")).lower()
    return f"{re.sub('[^a-z0-9]+', '-', plain).strip('-') or 'dataset'}_v{version}"


def private_texts(
    raw_files: Iterable[Sequence[str]],
    conversions: Iterable[Mapping],
    labels: Iterable[str],
    allowed: Iterable[str] = (),
    codes: Iterable[str] = (),
) -> dict[str, str]:
    """What the study knows that must not be shared.

    Parameters
    ----------
    raw_files : iterable of (dyad, participant, path)
        Every raw file, its path below the raw folder.
    conversions : iterable of mapping
        What `recording.convert` said: the dates of measurement (`measured`), the recording software's texts
        that were withheld (`withheld`).
    labels : iterable of str
        Words of file names that are no secret: dyads, participants, times.
    allowed : iterable of str
        Texts that a person has looked at and found harmless.
    codes : iterable of str
        Of coded events, which the dataset withholds.

    Returns
    -------
    texts : dict of str to str
        Each text, and what it is. Of a file name: the whole, unless it consists of labels and of words of the
        field; and each word that is in the file names of one dyad (or of dyads that share a file) or of one
        person only, as a name is.
    """
    harmless = {label.lower() for label in (*labels, *allowed)} | HARMLESS
    texts: dict[str, str] = {}
    owners: dict[str, tuple[str, str, set[str], set[str]]] = {}
    raw_files = list(raw_files)
    # Dyads that share a file were one session: what names that names its people.
    first_of: dict[str, str] = {}
    session: dict[str, str] = {}
    for dyad, _, path in raw_files:
        session.setdefault(dyad, session.get(first := first_of.setdefault(path, dyad), first))
    for dyad, participant, path in raw_files:
        for stem in (part.split(".")[0] for part in PurePath(path).parts):
            rest = [part for part in re.split(r"[\W_]+", stem) if part.lower() not in harmless]
            if len(stem) >= SHORTEST_TEXT and len("".join(rest)) >= SHORTEST_NAME:
                texts[stem] = f"the name of the raw file {path}"
            for word in re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", " ".join(rest))):
                if len(word) >= SHORTEST_NAME and word.lower() not in harmless:
                    _, _, dyads, people = owners.setdefault(word.lower(), (word, path, set(), set()))
                    dyads.add(session[dyad])
                    people.add(participant)
    for word, path, dyads, people in owners.values():
        if len(dyads) == 1 or len(people) == 1:
            texts[word] = f"a word of the raw file name {path}"
    for c in conversions:
        for text in c.get("withheld", ()):
            if len(text) >= SHORTEST_TEXT:
                texts[text] = "a text of the recording software, which the dataset withholds"
        if c["measured"]:
            day = datetime.fromisoformat(c["measured"])
            texts |= {day.strftime(form): "a date of measurement" for form in DATES}
    for code in codes:
        if len(code) >= SHORTEST_TEXT:
            texts[code] = "a code of coded events, which the dataset withholds"
    return {text: why for text, why in texts.items() if text.lower() not in harmless}


def check_identities(
    raw_files: Iterable[tuple[str, str, str]],
    authors: Iterable[str],
    times: Iterable[str],
    allowed: Iterable[str] = (),
) -> None:
    """Whether labels may be published as they are, and the authors are people.

    Parameters
    ----------
    raw_files, allowed
        As `private_texts` takes them.
    authors, times : iterable of str
        As the config has them.

    Raises
    ------
    ReleaseError
        A label of a person or dyad is a word of a raw file name, or an author is a placeholder.
    """
    by_file: dict[str, list[str]] = {}
    for label, path in naming_labels(raw_files, times, allowed).items():
        by_file.setdefault(path, []).append(label)
    problems = [
        f"{_label(labels)} a word of the raw file name {path}, and would be in the names of the shared "
        "files. Give the person or dyad a code such as T01, or, if it names nobody, add it to release_allows "
        "in the config."
        for path, labels in by_file.items()
    ]
    problems += [
        f'the author "{author}" is a placeholder. Write who publishes the dataset (authors in the config).'
        for author in placeholder_authors(authors)
    ]
    if problems:
        raise ReleaseError(problems)


def _label(labels: Sequence[str]) -> str:
    named = listed_words([f'"{label}"' for label in labels])
    return f"the label {named} is" if len(labels) == 1 else f"the labels {named} are each"


def write_release(
    output: Path,
    *,
    dataset: Path,
    listed: Iterable[str],
    derivatives: Path,
    tables: Iterable[str],
    report: Path,
    private: Mapping[str, str],
    pages: Path | None = None,
    workflow: Sequence[Path] = (),
    provenance: Mapping | None = None,
) -> None:
    """Pack a release, and its checksum beside it.

    The same files give the same bytes: in the order of their names, uncompressed (the signals hardly shrink,
    and compression differs between machines), without times and owners.

    Parameters
    ----------
    output : Path
        The zip file, whole or not at all. Unpacked it is the BIDS dataset, with the tables in
        derivatives/interbrain, report.html, a page for each dyad in pages/, and SHA256SUMS for
        `sha256sum --check`.
    listed, tables : iterable of str
        Files to pack, relative to `dataset` and `derivatives`.
    private : mapping of str to str
        Texts that must not be in it, and what each is (`private_texts`).
    pages : Path, optional
        The folder of the dyads' pages, to which the report links.
    workflow : sequence of Path, optional
        The main Snakefile and what it includes, from one folder, into code/workflow.
    provenance : mapping, optional
        What `reproducibility.crate.describe` needs to describe the release; without it, it is no RO-Crate.

    Raises
    ------
    ReleaseError
        A file holds a private text, leads out of its folder, or is missing.
    """
    files = {name: (Path(dataset), Path(dataset) / name) for name in listed}
    files |= {f"{DERIVATIVES}/{name}": (Path(derivatives), Path(derivatives) / name) for name in tables}
    files["report.html"] = (Path(report).parent, Path(report))
    if pages is not None:
        files |= {f"pages/{file.name}": (Path(pages), file) for file in sorted(Path(pages).glob("*.html"))}
    code = {f"{CODE}/{file.relative_to(workflow[0].parent).as_posix()}": file for file in workflow}
    files |= {name: (workflow[0].parent, file) for name, file in code.items()}
    problems = [f"{file}: missing. Run again." for _, file in files.values() if not file.is_file()]
    problems += [
        f"{file}: leads out of {top}, to {file.resolve()}. Put the file itself there."
        for top, file in files.values()
        if not file.resolve().is_relative_to(top.resolve())
    ]
    if not problems:
        # The program's words are no study's.
        held = {file: _held(file, private) for name, (_, file) in files.items() if name not in code}
        problems += _refused(held, private)
    if problems:
        raise ReleaseError(problems)
    contents = {name: file for name, (_, file) in files.items()} | _rewritten(Path(derivatives), files)
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f"{output.name}.unfinished")
    _pack(unfinished, contents, _describing(list(code), provenance))
    with unfinished.open("rb") as packed:
        digest = hashlib.file_digest(packed, "sha256").hexdigest()
    unfinished.replace(output)
    output.with_name(f"{output.name}.sha256").write_text(f"{digest}  {output.name}\n", encoding="utf-8")


def _refused(held: Mapping[Path, set[str]], private: Mapping[str, str]) -> list[str]:
    """A reason for each private text, with the files that hold it; a name and a word of it are one reason."""
    found = sorted(set().union(*held.values()), key=lambda text: (-len(text), text))
    reasons: dict[str, list[str]] = {}
    for text in found:
        word = _as_words(re.escape(text.lower()))
        whole = next((longer for longer in reasons if word.search(longer.lower())), text)
        reasons.setdefault(whole, []).append(text)
    said = []
    for texts in reasons.values():
        files = [file for file, own in held.items() if own.intersection(texts)]
        more = f" and {len(files) - 1} other file{'s' * (len(files) > 2)}" if len(files) > 1 else ""
        what = listed_words([f'"{text}", {private[text]}' for text in texts])
        said.append(
            f"{files[0]}{more}: hold{'s' * (not more)} {what}. Take it out where it comes from, or, if it "
            "names nobody, add it to release_allows in the config."
        )
    return sorted(said)


def _as_words(anything: str) -> re.Pattern[str]:
    """A pattern that ends where a word ends: a client called Eva must not be found in "evaluation"."""
    return re.compile(rf"(?<![^\W_])(?:{anything})(?![^\W_])")


def _held(file: Path, private: Mapping[str, str]) -> set[str]:
    """The private texts that a file holds; signals are numbers, and pictures show what tables say, too."""
    if file.suffix in (".eeg", ".webp") or not private:
        return set()
    content, lower = file.read_bytes(), {text.lower(): text for text in private}
    if file.suffix == ".html":
        content = _opened(content)
    anything = "|".join(re.escape(text) for text in sorted(lower, key=len, reverse=True))
    found = _as_words(anything).findall(content.decode("utf-8", "replace").lower())
    return {lower[text] for text in found}


def _opened(page: bytes) -> bytes:
    """The page's own text, and that of the tables it carries for download; pictures are left out."""
    carried = re.compile(rb"data:([a-z/+-]*);base64,([A-Za-z0-9+/=]*)")
    texts = [carried.sub(b"", page)]
    for kind, coded in carried.findall(page):
        if not kind.startswith(b"image/"):
            content = base64.b64decode(coded)
            texts.append(gzip.decompress(content) if kind == b"application/gzip" else content)
    return b"\n".join(texts)


def _rewritten(derivatives: Path, files: Mapping) -> dict[str, bytes]:
    """What must say something else in a release: where the dataset is, and what was left out."""
    new = {}
    if (name := f"{DERIVATIVES}/dataset_description.json") in files:
        about = json.loads((derivatives / "dataset_description.json").read_text(encoding="utf-8"))
        about["DatasetLinks"] = {"raw": "../.."}
        new[name] = (json.dumps(about, indent=2, ensure_ascii=False) + "\n").encode()
    if (name := f"{DERIVATIVES}/README.md") in files:
        new[name] = (derivatives / "README.md").read_bytes() + LEFT_OUT.encode()
    return new


def _describing(code: list[str], provenance: Mapping | None) -> Callable[[Mapping[str, Content]], str] | None:
    """What makes the RO-Crate's text of the files that are packed."""
    if provenance is None:
        return None
    return lambda files: describe({**files, MANIFEST: None}, provenance, workflow=code)


def _pack(
    output: Path,
    contents: Mapping[str, Path | bytes],
    described: Callable[[Mapping[str, Content]], str] | None,
) -> None:
    packed_files = {}
    with ZipFile(output, "w") as archive:
        for name, content in sorted(contents.items()):
            source = BytesIO(content) if isinstance(content, bytes) else content.open("rb")
            size = len(content) if isinstance(content, bytes) else content.stat().st_size
            digest = hashlib.sha256()
            with source, archive.open(_entry(name, size), "w") as packed:
                while block := source.read(1 << 20):
                    digest.update(block)
                    packed.write(block)
            packed_files[name] = Content(size, digest.hexdigest())
        if described is not None:
            text = described(packed_files).encode()
            archive.writestr(_entry(METADATA, len(text)), text)
            packed_files[METADATA] = Content(len(text), hashlib.sha256(text).hexdigest())
        sums = [f"{of.sha256}  {name}\n" for name, of in packed_files.items()]
        archive.writestr(_entry(MANIFEST, 0), "".join(sums))


def _entry(name: str, size: int) -> ZipInfo:
    entry = ZipInfo(name, BEGINNING)
    entry.compress_type, entry.create_system, entry.file_size = ZIP_STORED, 3, size
    entry.external_attr = 0o100644 << 16  # readable by all, as Unix writes it
    return entry
