"""The study's own names of the two roles, on a page that is written: parent and child, teacher and student.

Only words that people read change. Tables, files and settings keep therapist and client.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping

from interbrain.report.tables.packed import with_texts

ROLES = ("therapist", "client")
# What is no prose: scripts that are no tables, styles, code, and the tags themselves.
_PARTS = re.compile(r"(<(script|style|code|pre)\b[^>]*>.*?</\2>|<[^>]*>)", re.DOTALL)
_PACKED = re.compile(r'(\bdata-rows=")([^"]+)(")')
_READ_ALOUD = re.compile(r'(\b(?:title|alt|aria-label)=")([^"]*)(")')
_ROLE = r'(?<!")(?<!&#34;)(?<!&quot;)\b(therapist|client)(s?)\b'  # what is quoted is a cell or a column


def with_own_names(page: str, roles: Mapping[str, str] | None, kept: Iterable[str] = ()) -> str:
    """The page with the roles as the study names them.

    Parameters
    ----------
    page : str
        HTML.
    roles : mapping role -> name, or None
        A name is ``parent``, or with its plural ``child, children``. None changes nothing.
    kept : iterable of str
        The study's own texts, such as the name of a questionnaire: the words in them stay.
    """
    if not roles:
        return page
    names = {role: _forms(roles[role]) for role in ROLES if roles.get(role)}
    escaped = sorted({html.escape(text, quote=False) for text in kept}, key=lambda text: (-len(text), text))
    own = [re.escape(text) for text in escaped if re.search(_ROLE, text, re.IGNORECASE)]
    words = re.compile("|".join([*(f"({text})" for text in own), _ROLE]), re.IGNORECASE)

    def named(text: str) -> str:
        return words.sub(lambda found: _named(found, names, len(own)), text)

    def in_tag(tag: str) -> str:
        tag = _READ_ALOUD.sub(lambda one: one[1] + named(one[2]) + one[3], tag)
        return _PACKED.sub(lambda one: one[1] + with_texts(one[2], named) + one[3], tag)

    # Prose, the tag that follows it, and the name of an element that follows with all its content.
    parts = [*_PARTS.split(page), "", ""]
    pieces = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return "".join(named(prose) + (tag if whole else in_tag(tag)) for prose, tag, whole in pieces)


def texts_of(config: Mapping) -> Iterator[str]:
    """Every text that a study gives to names, levels and titles; whose a questionnaire is, is none."""
    stack: list[object] = [config.get(key) for key in ("title", "factors", "differences", "tasks")]
    for name, questionnaire in (config.get("questionnaires") or {}).items():
        stack += [name, questionnaire.get("name")]
    while stack:
        thing = stack.pop()
        if isinstance(thing, str):
            yield thing
        elif isinstance(thing, Mapping):
            stack += [*thing.values(), *thing.keys()]
        elif isinstance(thing, list | tuple):
            stack += thing


def _forms(name: str) -> tuple[str, str]:
    """Singular and plural."""
    one, _, several = (part.strip() for part in str(name).partition(","))
    return one, several or f"{one}s"


def _named(found: re.Match[str], names: Mapping[str, tuple[str, str]], kept: int) -> str:
    role, plural = found[kept + 1], found[kept + 2]
    if role is None or role.lower() not in names:
        return found[0]
    name = names[role.lower()][bool(plural)]
    return name[:1].upper() + name[1:] if role[0].isupper() else name
