"""The settings: held against their schema, against one another, and filled with the defaults."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path

from interbrain.problems import Problem
from interbrain.study.by_role import names_pulses, triggers_of
from interbrain.study.checks import ROLES, estimator_columns
from interbrain.study.problems import StudyError, did_you_mean, nearest, nearest_file


def read_config(path: Path):
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
            hint or "Every study is a folder with a config/ in it: make new-study writes one to begin with."
        )
        raise StudyError([Problem(str(path), "file not found", hint)])
    try:
        text = path.read_text(encoding="utf-8-sig")
        twice = _named_twice(yaml.compose(text, yaml.SafeLoader), path.name)
        if not twice:
            return yaml.safe_load(text)
    except UnicodeDecodeError as error:
        hint = "Save it again with the encoding UTF-8."
        raise StudyError([Problem(path.name, "its letters cannot be read", hint)]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path.name}, line {mark.line + 1}" if mark else path.name
        raise StudyError([Problem(where, *_yaml_problem(str(error), text, mark))]) from error
    raise StudyError(twice)


def _yaml_problem(said: str, text: str, mark) -> tuple[str, str]:
    """What a YAML error means, and what to do; YAML's own words where nothing better is known."""
    line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
    if "\\t" in said:
        return "a tab stands where only spaces may stand", "Put spaces in its place: two for each step."
    if "mapping values" in said:
        hint = f"Put quotes around a text that holds a colon: {line.strip()}"
        return "a second colon stands in the line", hint
    if "flow sequence" in said or "flow mapping" in said:
        return "a bracket is opened and not closed", "Close it, here or in the line above: [theta, alpha]"
    if "quoted scalar" in said:
        return "a quote is opened and not closed", "Close it, here or in a line above."
    hint = "Compare it with the lines around it: the same number of spaces in front, a colon after the name."
    return "this line cannot be read as a setting", hint


def _named_twice(node, file: str) -> list[Problem]:
    """Settings that stand twice in one group: YAML would silently take the last."""
    import yaml

    problems = []
    if isinstance(node, yaml.MappingNode):
        seen = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if seen.setdefault(key.value, line) != line:
                what = f'"{key.value}" stands in line {seen[key.value]} already'
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
                problems.append(Problem(where, f'unknown setting "{extra}"', did_you_mean(extra, known)))
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
        problems += _check_settings(with_defaults(config, schema))
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


def _plain(error) -> tuple[str, str]:
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


def with_defaults(config: Mapping, schema: Mapping) -> dict:
    """The config with the schema's default for each setting that it leaves out, and its presets spelt out."""
    full = dict(config)
    for key, about in schema.get("properties", {}).items():
        if key not in full and "default" in about:
            full[key] = deepcopy(about["default"])
        if isinstance(full.get(key), str) and full[key] in about.get("x-presets", {}):
            full[key] = deepcopy(about["x-presets"][full[key]])
        if about.get("properties") and isinstance(full.get(key), Mapping):
            full[key] = with_defaults(full[key], about)
    return full


def measures(config: Mapping) -> list[str]:
    """Columns of the aggregated dataset that the statistics can test."""
    further = [column for name in config["synchrony"]["estimators"] for column in estimator_columns(name)]
    if config["synchrony"]["directed"]:
        further += ["granger_to_client", "granger_to_therapist", "granger_net"]
    return ["plv", "above_chance", "above_pseudo", "z_chance", "zero_lag", *further]


def asked_channels(config: Mapping) -> dict[str, list[str]]:
    """Channels by the setting that asks for them."""
    further = config["multiverse"] or {}
    sets = {"rois": config["rois"], "multiverse: reference": further.get("reference", {})}
    sets |= {f"multiverse: rois: {name}": rois for name, rois in further.get("rois", {}).items()}
    return {f"{key}: {name}": channels for key, named in sets.items() for name, channels in named.items()}


def _check_settings(config: Mapping) -> list[Problem]:
    """What the schema cannot see: settings that contradict one another."""
    problems = []

    def wrong(key: str, what: str, hint: str = "") -> None:
        problems.append(Problem(f"config.yaml, {key}", what, hint))

    def unknown_names(key: str, what: str, names: Iterable[str], known: Mapping) -> None:
        for name in names:
            if name not in known:
                wrong(key, f'no {what} is called "{name}"', did_you_mean(name, known))

    highpass, lowpass, sfreq = (config["cleaning"][key] for key in ("highpass", "lowpass", "sfreq"))
    if highpass >= lowpass:
        wrong("cleaning", f"highpass ({highpass:g} Hz) must be below lowpass ({lowpass:g} Hz)")
        highpass, lowpass = 0, math.inf  # no band is to blame for that
    elif lowpass >= sfreq / 2:
        wrong("cleaning", f"lowpass ({lowpass:g} Hz) must be below half of sfreq ({sfreq / 2:g} Hz)")
    phase_sfreq = config["phase"]["sfreq"]
    if phase_sfreq > sfreq:
        wrong("phase", f"sfreq ({phase_sfreq:g} Hz) must not exceed the sfreq of cleaning ({sfreq:g} Hz)")
    triggers = config["triggers"] or {"channel": None}
    for role in ROLES if "channel" not in triggers else ():
        if not (names_pulses(triggers_of(triggers, role)) or "channel" in triggers.get(role, {})):
            hint = "Write channel or annotation, or triggers: null if no pulse reached both amplifiers."
            wrong("triggers", f"the {role}s' channel is not named, nor an annotation", hint)
    unknown_names("chance: alike", "factor", config["chance"]["alike"], config["factors"])
    individual = config["synchrony"]["individual_alpha"]
    unknown_names("synchrony: individual_alpha", "band", [individual] if individual else [], config["bands"])
    resolved, over = config["synchrony"]["time_resolved"], config["synchrony"]["over"]
    computed = ["plv", *config["synchrony"]["estimators"]]
    unknown_names("synchrony: time_resolved", "computed estimator", [resolved] if resolved else [], computed)
    if resolved and over != "time":
        hint = "Write over: time, or time_resolved: null."
        what = f"a window has a value of its own over time only, not over {over}"
        wrong("synchrony: time_resolved", what, hint)
    if config["events"] and config["events"]["window_s"][0] >= config["events"]["window_s"][1]:
        begin, end = config["events"]["window_s"]
        what = f"[{begin:g}, {end:g}]: a response must begin before it ends"
        wrong("events: window_s", what, "Write for example [-0.2, 1.0].")
    largest, far = config["lags"]["max_s"], config["lags"]["far_from_s"]
    if far >= largest:
        hint = f"Lower far_from_s, or raise max_s above {far:g}."
        wrong("lags", f"far_from_s ({far:g} s) must be below max_s ({largest:g} s)", hint)
    further = config["multiverse"] or {}
    sets = {"bands": config["bands"]}
    sets |= {f"multiverse: bands: {name}": bands for name, bands in further.get("bands", {}).items()}
    for key, low, high in ((f"{s}: {band}", *edges) for s in sets for band, edges in sets[s].items()):
        reach = high + max(high / 4, 2)  # where the band-pass filter of the room phase has faded out
        if low >= high:
            wrong(key, f"[{low:g}, {high:g}]: the lower edge must be below the upper")
            continue
        if low < highpass:
            hint = "Raise the lower edge, or lower the highpass."
            wrong(key, f"begins at {low:g} Hz, below the highpass of cleaning ({highpass:g} Hz)", hint)
        # Above the first the signal is gone, above the second it would be folded.
        for name, limit in (("lowpass of cleaning", lowpass), ("sfreq of phase", phase_sfreq)):
            if reach > limit:
                what = f"reaches {reach:g} Hz with its filter's transition, above the {name} ({limit:g} Hz)"
                upper = min(limit / 1.25, limit - 2)
                hint = f"End the band at {upper:g} Hz at most, or raise the {name} to {reach:g} Hz."
                wrong(key, what, hint)
    windows = config["windows"]
    # MNE's FIR: 3.3 / transition s long, with a transition of a quarter of the edge, 2 Hz at least.
    half_filter = 1.65 / min(max(highpass / 4, 2), highpass) if highpass else 0
    if windows["edge_s"] < half_filter:
        hint = f"Leave out at least {half_filter:.2f} s, or raise the highpass."
        wrong("windows", f"edge_s ({windows['edge_s']:g} s) is shorter than the filters' transients", hint)
    if windows["min_peak_to_peak_uv"] >= windows["max_peak_to_peak_uv"]:
        wrong("windows", "min_peak_to_peak_uv must be below max_peak_to_peak_uv: no window would be kept")
    for name, levels in config["factors"].items():
        for level in levels:
            if level != level.strip():
                what = f'the level "{level}" begins or ends with a space'
                wrong(f"factors: {name}", what, f'Write "{level.strip()}".')
    for key in ("rois", "bands"):
        if "all" in config[key]:
            wrong(key, 'the name "all" is taken: it stands for the mean over all of them')
    for name, pair in config["differences"].items():
        unknown_names(f"differences: {name}", "questionnaire", pair, config["questionnaires"])
    statistics = config["statistics"]
    unknown_names("statistics: between", "factor", statistics.get("between", []), config["factors"])
    unknown_names("statistics: measures", "measure", statistics["measures"], measures(config))
    if statistics["time"] in ("factor", "change", "ancova") and len(config["times"]) < 2:
        what = f"{statistics['time']} needs two times, and the study has one"
        wrong("statistics: time", what, "Write time: mean.")
    for key, what, hint in _multiverse_problems(config, further):
        wrong(f"multiverse: {key}", what, hint)
    if config["simulation"] and config["input"] == "bids":
        wrong("input", "bids, but simulation makes raw files", "Delete simulation, or write input: raw.")
    if config["simulation"]:
        frequencies = config["simulation"]["frequencies"]
        for band, (low, high) in config["bands"].items():
            if not low <= frequencies.get(band, 0) <= high:
                hint = f"Give one from {low:g} to {high:g} Hz; for your own data delete simulation."
                wrong("simulation: frequencies", f"none lies in the band {band}", hint)
    return problems


def _multiverse_problems(config: Mapping, further: Mapping) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the further levels of the study's choices: setting, what, hint."""
    for key, own in (("reference", "average"), ("bands", "study"), ("rois", "study")):
        if own in further.get(key, {}):
            yield key, f'the name "{own}" is taken: it stands for the study\'s own', "Choose another name."
    sites = [config["rois"], *further.get("rois", {}).values()]
    in_sites = {channel for rois in sites for channels in rois.values() for channel in channels}
    for name, channels in further.get("reference", {}).items():
        for channel in [c for c in channels if c in in_sites]:
            what = f"{channel} is a channel of a site (rois), and a reference must be none"
            yield f"reference: {name}", what, "Refer to channels outside all sites, or change the sites."
    bands = [config["bands"], *further.get("bands", {}).values()]
    slowest = min(low for edges in bands for low, _ in edges.values())
    for length in further.get("length_s", []):
        if length * slowest < 1:
            what = f"{length:g} s is shorter than a cycle of {slowest:g} Hz, the lowest edge of a band"
            yield "length_s", what, f"Write at least {1 / slowest:.2g} s."
    known = ["mean", "change", "ancova", *config["times"]]
    for level in further.get("time", []):
        if level not in known:
            yield "time", f'"{level}" is not known', did_you_mean(level, known)
        elif level in ("change", "ancova") and len(config["times"]) < 2:
            yield "time", f"{level} needs two times, and the study has one", f"Take {level} out."
