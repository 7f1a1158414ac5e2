"""docs/settings.md: every setting, its type, its default, what it is for, and which stages use it.

make pages, or: python workflow/scripts/settings_page.py > docs/settings.md
"""

import json
import re
from collections import defaultdict
from pathlib import Path

import interbrain
from interbrain.study.settings import config_schema

LIBRARY = Path(interbrain.__file__).parent
RULES = Path(__file__).resolve().parents[1] / "rules"
KINDS = {
    "string": "text", "number": "number", "integer": "whole number", "boolean": "true or false",
    "array": "list", "object": "group", "null": "null",
}  # fmt: skip
NAMED = "*"  # in a path: whatever the study calls it
INTRODUCTION = """\
# Settings

Every setting of `config/config.yaml`. `*` is any name that the study gives. The last column names the
files of `workflow/rules/` whose jobs use the setting: a changed value repeats these and what depends on
them; "the plan" is the reading of the study, before anything runs. This page is written by `make pages`
from the declarations in `workflow/interbrain/study/settings.py`; a test fails where the two differ.
"""


def declared(schema=None, path=()):
    """Every setting: its path in the config, and what its schema says."""
    for name, about in (schema or config_schema()).get("properties", {}).items():
        yield (*path, name), about
        yield from declared(about, (*path, name)) if "properties" in about else ()
        entries = about.get("additionalProperties")
        yield from declared(entries, (*path, name, NAMED)) if isinstance(entries, dict) else ()


def read_by_the_library(text):
    """Settings that functions of the library read for a file of rules that gives them the whole config."""
    found = set()
    for module, names in re.findall(r"from interbrain\.([\w.]+) import ([^\n(]+)", text):
        if any(re.search(rf"\b{name.strip()}\([^)]*\bconfig\b[^\[]", text) for name in names.split(",")):
            found |= read_in((LIBRARY / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    return found


def read_in(text):
    """Settings that a file of rules reads: paths of one name (the whole group) or two."""
    lists = {m[1]: re.findall(r'"(\w+)"', m[2]) for m in re.finditer(r"(?m)^([A-Z_]+) = \(([^)]*)\)", text)}

    def words(given):
        return lists.get(given.strip(" })\n,"), re.findall(r'"(\w+)"', given))

    found = set()
    text = re.sub(r" if \w+ in config[^\n]*", "", text)
    for group, rest in re.findall(r'config\["(\w+)"\]((?:\["\w+"\])?(?:\[\w+\] for \w+ in [^\n]*)?)', text):
        if one := re.match(r'\["(\w+)"\]', rest):
            found.add((group, one[1]))
        elif rest:
            found |= {(group, name) for name in words(re.sub(r"^\[\w+\] for \w+ in ", "", rest))}
        else:
            found.add((group,))
    for names in re.findall(r"config\[\w+\]\s+for \w+ in (\([^)]*\))", text):
        found |= {(name,) for name in words(names)}
    for group, but in re.findall(r'config\["(\w+)"\]\.items\(\) if \w+ not in (\([^)]*\)|\w+)', text):
        known = config_schema()["properties"][group]["properties"]
        found = (found - {(group,)}) | {(group, name) for name in known if name not in words(but)}
    return found


def stages():
    """Which files of rules read which settings, also through what the rules of the study give to all."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(RULES.glob("*.smk"))}
    given = defaultdict(set)  # a function or a constant of the rules -> what it reads
    constants = {}  # a list of a stage -> the constants that it is made of
    for stage, text in texts.items():
        lists = "".join(re.findall(r"(?m)^[A-Z_]+ = \([^)]*\)\n", text))
        for block in re.split(r"\n(?=[A-Za-z@])", text):
            if named := re.match(r"(?:def (\w+)\(|((?:[A-Z_]+, )*[A-Z_]+) = )", block):
                for name in re.findall(r"\w+", named[1] or named[2]):
                    given[name] |= read_in(lists + block)
                if stage != "study" and (made := re.match(r"([A-Z_]+) = \[(.+?)\n\]", block, re.DOTALL)):
                    constants[made[1]] = set(re.findall(r"\b[A-Z][A-Z_]+\b", made[2]))
    for name, parts in constants.items():
        given[name] = given[name].union(*(given[part] for part in parts & given.keys()))
    readers = defaultdict(list)
    for stage, text in texts.items():
        read = {path for name, paths in given.items() if re.search(rf"\b{name}\b", text) for path in paths}
        for path in read_in(text) | read_by_the_library(text) | (read if stage != "study" else set()):
            readers[path].append(stage)
    return readers


def used_by(path, readers):
    """The stages that read a setting, or the group that it is in; of a group, those that read any of it."""
    found = {*readers.get(path[:1], ()), *readers.get(path[:2], ())}
    if len(path) == 1:
        found = {stage for read, stages in readers.items() if read[0] == path[0] for stage in stages}
    return sorted(found - {"study"}) or ["the plan"]


def kind(about):
    """A setting's type and its limits, in words."""
    if "enum" in about:
        return ", ".join("null" if word is None else str(word) for word in about["enum"])
    types = about["type"] if isinstance(about["type"], list) else [about["type"]]
    words = " or ".join(KINDS[one] for one in types)
    items = about.get("items", {})
    if "enum" in items:
        words += f" of {', '.join(items['enum'])}"
    limits = [
        f"{word} {about[key]}"
        for key, word in (
            ("minimum", "at least"), ("exclusiveMinimum", "above"),
            ("maximum", "at most"), ("exclusiveMaximum", "below"),
        )
        if key in about
    ]  # fmt: skip
    return f"{words}, {' and '.join(limits)}" if limits else words


def default(about, must):
    """What holds where a setting is left out."""
    if "default" not in about:
        return "must be given" if must else ""
    return "" if about["default"] == {} else f"`{json.dumps(about['default'], ensure_ascii=False)}`"


def must_be_given():
    """Settings without which a study, or the group that they are in, is not described."""
    groups = [((), config_schema()), *declared()]
    entries = [((*path, NAMED), about.get("additionalProperties")) for path, about in groups]
    groups += [(path, about) for path, about in entries if isinstance(about, dict)]
    return {(*path, name) for path, about in groups for name in about.get("required", ())}


def page():
    """The text of the page."""
    readers, must = stages(), must_be_given()
    lines = ["| setting | type | default | what it is | used by |", "| --- | --- | --- | --- | --- |"]
    for path, about in declared():
        cells = [
            f"`{': '.join(path)}`",
            kind(about),
            default(about, path in must),
            about["description"],
            ", ".join(used_by(path, readers)),
        ]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join([INTRODUCTION, *lines, ""])


if __name__ == "__main__":
    print(page(), end="")
