"""What the BIDS validator says: one warning for each kind of issue, however many there are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interbrain.report import words
from interbrain.report.reading import Results

from .states import Caution

ABOUT = "BIDS dataset"
MOST_KEYS = 8  # named in one warning
_MESSAGE = re.compile(r"(error|warning): (.+?): ([A-Z][A-Z0-9_]{3,})(?: (\S*)(?: (.*))?)?", re.DOTALL)
_RECOMMENDED = "_KEY_RECOMMENDED"


def about_dataset(results: Results) -> Iterator[Caution]:
    """One warning for each kind of issue, with how many there are and where."""
    said = results.validation
    messages = [str(message) for message in said.get("messages") or []]
    if not messages and (said.get("errors") or said.get("warnings")):
        yield Caution(
            ABOUT, "The validator found errors or warnings, and its messages were not kept.",
            "Run the validator on the folder bids by hand.",
        )  # fmt: skip
    theirs = results.setting("input") == "bids"
    step = "Tell those who made the dataset." if theirs else "Mend it before the dataset is shared."
    kinds: dict[tuple, list[re.Match]] = {}
    for message in messages:
        if found := _MESSAGE.fullmatch(message):
            kinds.setdefault((found[1], found[3]), []).append(found)
        else:
            yield Caution(ABOUT, message, step)
    for (severity, code), issues in kinds.items():
        if code.endswith(_RECOMMENDED) and severity == "warning":
            yield _recommended(issues, theirs)
        else:
            yield Caution(ABOUT, _kind(code, issues), step)


def _recommended(issues: list[re.Match], theirs: bool) -> Caution:
    keys, files = dict.fromkeys(one[4] or "" for one in issues), {one[2] for one in issues}
    named = [f"{key} ({sum(one[4] == key for one in issues)})" for key in keys if key]
    more = [f"{len(named) - MOST_KEYS} more"] if len(named) > MOST_KEYS else []
    return Caution(
        ABOUT,
        f"{words.counted(len(issues), 'value')} that BIDS recommends "
        f"{'is' if len(issues) == 1 else 'are'} not given, in {words.counted(len(files), 'file')}: "
        f"{words.listed([*named[:MOST_KEYS], *more])}.",
        "No result depends on this. "
        + (
            "Tell those who made the dataset."
            if theirs
            else "Add what is known before the dataset is shared."
        ),
        "note",
    )


def _kind(code: str, issues: list[re.Match]) -> str:
    """An issue as the validator says it, once, with the number of files and the first of them."""
    about = dict.fromkeys(one[4] for one in issues if one[4])
    text = next((one[5] for one in issues if one[5]), "").strip()
    files = list(dict.fromkeys(one[2] for one in issues))
    where = files[0] if len(files) == 1 else f"{len(files)} files, the first of them {files[0]}"
    named = f" ({words.listed(list(about)[:MOST_KEYS])})" if about else ""
    return f"{issues[0][1].capitalize()} {code}{named} in {where}{f': {text}' if text else '.'}"
