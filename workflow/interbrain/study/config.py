"""A config as a person wrote it: read, held against the schema of all settings, and filled with the defaults.

What each setting can be is declared in `settings`; which of them contradict one another, in `consistency`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from interbrain.problems import Problem
from interbrain.study.consistency import contradictions
from interbrain.study.problems import StudyError, did_you_mean, instead_of_setting, nearest, nearest_file
from interbrain.study.settings import Settings


def read_config(path: Path) -> dict:
    """The content of a YAML file, as it stands there.

    Raises
    ------
    StudyError
        If the file is missing or cannot be read, or names a setting twice.
    """
    import yaml

    path = Path(path)
    if not path.is_file():
        hint = nearest_file(path, suffixes=(".yaml", ".yml", ".txt"))
        hint = (
            hint
            or "Every study is a folder with a config/ in it: `make new-study` (without make: "
            "workflow/scripts/new_study.py) writes one to begin with."
        )
        raise StudyError([Problem(str(path), "file not found", hint)])
    try:
        text = path.read_text(encoding="utf-8-sig")
        twice = _named_twice(yaml.compose(text, yaml.SafeLoader), path.name)
        if not twice:
            return yaml.safe_load(text)
    except UnicodeDecodeError as error:
        hint = "Save it again with the encoding UTF-8."
        raise StudyError([Problem(path.name, "is not in UTF-8 and cannot be read", hint)]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}, line {mark.line + 1}" if mark else path.name
        raise StudyError([Problem(where, *_yaml_problem(str(error), text, mark))]) from error
    raise StudyError(twice)


def _yaml_problem(said: str, text: str, mark: Any) -> tuple[str, str]:
    """What a YAML error means, and what to do; YAML's own words where nothing better is known."""
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if "\\t" in said:
        return "a tab stands where only spaces may stand", "Put spaces in its place: two for each step."
    if "mapping values" in said:
        hint = f"Put quotes around a text that holds a colon: {_quoted(line)}"
        return "a second colon stands in the line", hint
    if "flow sequence" in said or "flow mapping" in said:
        return "a bracket is opened and not closed", "Close it, here or in the line above: [theta, alpha]"
    if "quoted scalar" in said:
        return "a quote is opened and not closed", "Close it, here or in a line above."
    hint = "Compare it with the lines around it: the same number of spaces in front, a colon after the name."
    return "this line cannot be read as a setting", hint


def _quoted(line: str) -> str:
    """A setting with its text in quotes; a comment behind it stays outside."""
    name, _, text = line.strip().partition(": ")
    text, space, comment = text.partition(" #")
    text = text.strip().strip("\"'").replace('"', "'")
    return f'{name}: "{text}"{space}{comment}'


def _named_twice(node: Any, file: str) -> list[Problem]:
    """Settings that stand twice in one group: YAML would silently take the last."""
    import yaml

    problems = []
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if seen.setdefault(key.value, line) != line:
                what = f'"{key.value}" is already in line {seen[key.value]}'
                problems.append(Problem(f"{file}, line {line}", what, "Keep one of them."))
            problems += _named_twice(value, file)
    return problems


def check_config(config: Mapping, schema: Mapping) -> tuple[list[Problem], bool]:
    """Hold the config against its JSON Schema, and its settings against each other.

    Returns
    -------
    problems : list of Problem
        Each names the setting, and the schema's own hint.
    usable : bool
        Whether the settings that the schema knows can be used all the same.
    """
    if not isinstance(config, Mapping):
        what = "is empty" if config is None else "holds no settings"
        return [Problem("config.yaml", what, "Each setting is a line: its name, a colon, its value.")], False
    from jsonschema import Draft202012Validator

    problems, renamed, usable = [], set(), True
    errors = Draft202012Validator(schema).iter_errors(dict(config))
    # In this order a misspelt setting explains one that is missing.
    for error in sorted(errors, key=lambda e: ([*map(str, e.absolute_path)], e.validator, e.message)):
        path = [f"entry {part + 1}" if isinstance(part, int) else str(part) for part in error.absolute_path]
        where = f"config.yaml, {': '.join(path)}" if path else "config.yaml"
        settings = error.schema.get("properties", {})
        if error.validator == "additionalProperties":
            known = [name for name in settings if name not in error.instance]
            for extra in sorted(map(str, set(error.instance) - set(settings))):
                renamed.add((where, nearest(extra, known)))
                hint = instead_of_setting(extra, settings, error.instance)
                problems.append(Problem(where, f'unknown setting "{extra}"', hint))
            continue
        usable = False
        if error.validator == "required":
            for name in error.validator_value:
                if name not in error.instance and (where, name) not in renamed:
                    about = settings[name].get("description", "")
                    problems.append(Problem(where, f'the setting "{name}" is missing', about))
        else:
            problems.append(Problem(where, *_plain(error)))
    unknown = _unknown_presets(config, schema)
    if usable:
        unknown += _nameless_levels(config)
    problems, usable = problems + unknown, usable and not unknown
    if usable:
        problems += contradictions(settings_of(config, schema))
    return list(dict.fromkeys(problems)), usable


def _nameless_levels(config: Mapping) -> list[Problem]:
    """Levels that no cell can hold, because there they mean that nothing is known."""
    what = 'the level "{}" is what every table writes where nothing is known'
    hint = 'Give it another name, e.g. "none", here and in the dyads table.'
    return [
        Problem(f"config.yaml, factors: {factor}", what.format(level), hint)
        for factor, levels in config["factors"].items()
        for level in levels
        if level.strip().casefold() == "n/a"
    ]


def _unknown_presets(config: Mapping, schema: Mapping) -> list[Problem]:
    """Names that stand where settings may, and are no preset of the schema."""
    problems = []
    for key, about in schema["properties"].items():
        presets, given = about.get("x-presets", {}), config.get(key)
        if presets and isinstance(given, str) and given not in presets:
            what = f'no preset is called "{given}"'
            hint = f"{did_you_mean(given, presets)} {about.get('x-hint', '')}".strip()
            problems.append(Problem(f"config.yaml, {key}", what, hint))
    return problems


def _plain(error: Any) -> tuple[str, str]:
    """What a schema error says, and its hint, in plain words."""
    value, limit, hint = error.instance, error.validator_value, error.schema.get("x-hint", "")
    shown = json.dumps(value, ensure_ascii=False, default=str)  # true as the file has it, not True
    kinds = {
        "string": "text",
        "number": "a number",
        "integer": "a whole number",
        "boolean": "true or false",
        "array": "a list",
        "object": "a group of settings",
        "null": "empty",
    }
    match error.validator:
        case "type" if value is None:
            return "the setting is empty", hint or "Give it a value, or delete its line."
        case "type":
            if isinstance(value, str) and re.fullmatch(r"-?\d+,\d+", value):
                hint = f"Write a decimal point: {value.replace(',', '.')}"
            wanted = [limit] if isinstance(limit, str) else limit
            return f"{shown} is not {' or '.join(kinds[kind] for kind in wanted)}", hint
        case "enum":
            known = ("null" if word is None else str(word) for word in limit)
            return f"{shown} is not known", f"Use: {', '.join(known)}"
        case "pattern":
            return f"{shown} cannot be a name", hint
        case "uniqueItems":
            return f"{shown} names something twice", hint
        case "minItems" | "minProperties" | "minLength":
            return f"{shown} has fewer than {limit} entries" if value else "the setting is empty", hint
        case "maxItems":
            return f"{shown} has more than {limit} entries", hint
        case "minimum" | "exclusiveMinimum":
            return f"{shown} must be {'at least' if error.validator == 'minimum' else 'above'} {limit}", hint
        case "maximum":
            return f"{shown} must be at most {limit}", hint
    return error.message, hint


def settings_of(config: Mapping, schema: Mapping) -> Settings:
    """The settings of a config that fits its schema, typed, with the defaults."""
    return Settings.model_validate(with_defaults(config, schema))


def with_defaults(config: Mapping, schema: Mapping) -> dict:
    """The config with the default of each setting that it leaves out, and its presets spelt out.

    Two defaults depend on other settings: every factor is compared, and every difference correlated. Sites
    are compared where there are several, and so are bands.
    """
    full = _filled(config, schema)
    if "statistics" in full and {"factors", "differences"} <= set(full):
        differences = [f"{name}{end}" for name in full["differences"] for end in ("", "_absolute")]
        by_default = {"between": list(full["factors"]), "correlate": differences}
        full["statistics"] = {**by_default, **full["statistics"]}
        alone = {name for name, of in (("roi", "rois"), ("band", "bands")) if _holds_one(full.get(of))}
        if isinstance(within := full["statistics"].get("within"), list):
            full["statistics"]["within"] = [name for name in within if name not in alone]
    return full


def _holds_one(named: object) -> bool:
    return isinstance(named, Mapping) and len(named) == 1


def _filled(config: Mapping, schema: Mapping) -> dict:
    """A group of settings with the schema's defaults."""
    full = dict(config)
    for key, about in schema.get("properties", {}).items():
        if key not in full and "default" in about:
            full[key] = deepcopy(about["default"])
        if isinstance(full.get(key), str) and full[key] in about.get("x-presets", {}):
            full[key] = deepcopy(about["x-presets"][full[key]])
        if about.get("properties") and isinstance(full.get(key), Mapping):
            full[key] = _filled(full[key], about)
    return full
