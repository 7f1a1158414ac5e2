"""The text of a new study's config.yaml: the demo's with its comments, without what is the demo's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from interbrain.bids.identities import UNTITLED
from interbrain.newstudy.draft import Draft

DEFAULTS = "# ---- Defaults"
# What of the demo's config is the demo's own: (pattern, what comes in its place in a new study).
HEAD = (
    (r"# Interbrain: the settings of one study\. .*\n", "# Interbrain: the settings of one study.\n"),
    (r"title: .*", f"title: {UNTITLED}"),
    (r"authors: \[.*?\] ", "authors: [First author, Second author] "),
    (r"raw_folder: bids/sourcedata     ", "raw_folder: raw                 "),
    (r"  cap_map: config/cap_map\.tsv *#", "  cap_map: null   # or config/cap_map.tsv;"),
    (r"multiverse: +# null: none\n(  .*\n)+", "multiverse: null\n"),
    (r"# For your own data delete this block(.*\n)+", ""),
)
# Defaults that name the demo's factors and differences: without them, every factor and difference counts.
BELOW = (
    (
        r"  alike: \[modality\] .*",
        "  alike: []                      # or factors in which pseudo-dyads must agree, e.g. [modality]",
    ),
    (
        r"  between: .*",
        "  # between: [a factor]        # main effects: every factor, unless you name some; []: none",
    ),
    (
        r"  correlate: .*",
        "  # correlate: [years]         # every difference, unless you name some, scores, or numbers of the "
        "dyads table",
    ),
)
NO_QUESTIONNAIRE = """\
# A table and a scoring key each (without a key: a table of scores, one of them named total), and a role:
#   wai_c: {name: WAI client form, table: config/wai_client.tsv, key: config/wai_key.tsv, role: client}
# Differences are those of two questionnaires' totals: {wai_difference: [wai_t, wai_c]}.
"""


def config_text(demo: str, draft: Draft, tables: Mapping[str, str], raw_folder: str) -> str:
    """The config of a study.

    Parameters
    ----------
    demo : str
        The demo's config.
    draft : Draft
        What is not known of it stays as an example for the person who fills it in.
    tables : mapping name -> path
        The study's tables, below its folder.
    raw_folder : str

    Returns
    -------
    text : str
        Nothing below its line "Defaults" depends on what is above.
    """
    at = demo.index(DEFAULTS)
    head, below = _replaced(demo[:at], HEAD), _replaced(demo[at:], BELOW)
    ending = Path(tables["dyads"]).suffix
    if not draft.questionnaires and draft.questionnaires is not None:
        head = _without_questionnaires(head)
    head = re.sub(
        r"config/(\w+)\.tsv", lambda found: tables.get(found[1], f"config/{found[1]}{ending}"), head
    )
    head = _with(head, "raw_folder", raw_folder, "where the files named in the recordings table are")
    if draft.input != "raw":
        head = _with(head, "input", draft.input, "recordings of a BIDS dataset, used without conversion")
    if draft.title:
        head = _with(head, "title", draft.title)
    if draft.authors:
        head = _with(head, "authors", draft.authors, "of the dataset; BIDS recommends more than one")
    if "cap_map" in draft.tables:
        cap_map = tables["cap_map"]
        if len(draft.cap_map_of) == 1:  # the other role's labels are sites: the map would name none of them
            own = {role: cap_map if role in draft.cap_map_of else "null" for role in ("therapist", "client")}
            cap_map = "{" + ", ".join(f"{role}: {named}" for role, named in own.items()) + "}"
        head = head.replace(f"cap_map: null   # or {tables['cap_map']};", f"cap_map: {cap_map}   #", 1)
    if "participants" not in tables:
        head = re.sub(r"  participants: \S+ *#", "  participants: null   #", head)
    if draft.times:
        head = _with(head, "times", draft.times, "in the order of the BIDS runs: run 1 is the first")
    if draft.factors is not None:
        about = "columns of the dyads table and their levels, e.g. {modality: [face-to-face, online]}"
        head = _with(head, "factors", draft.factors, about)
    if draft.line_frequency is not None:
        about = "Hz; 50 in Europe, 60 in North America"
        head = _with(head, "line_frequency", draft.line_frequency, about)
    if draft.triggers_said or draft.input == "bids":
        head = _with(head, "triggers", draft.triggers, draft.triggers_said)
    if draft.questionnaires is not None:
        head = _questionnaires(head, draft.questionnaires)
    if draft.covariates:
        about = "numbers of the dyads table that are held constant"
        line = f"  covariates: {_yaml(draft.covariates, True)}"
        below = _replaced(below, [(r"  covariates: .*\n( {10,}#.*\n)*", f"{line:<32} # {about}\n")])
    if draft.called:
        below = _with(
            below, "roles", dict(draft.called), "words of the report; tables have therapist and client"
        )
    return head + below


def _replaced(text: str, changes: Sequence[tuple[str, str]]) -> str:
    for pattern, instead in changes:
        text, n = re.subn(pattern, instead.replace("\\", r"\\"), text)
        if n != 1:
            raise ValueError(f"the demo's config has changed: {pattern}")
    return text


def _with(text: str, key: str, value: Any, about: str = "") -> str:
    """The text with another value of a setting, and all that is indented below it gone."""
    deep = isinstance(value, Mapping) and any(isinstance(inner, Mapping | list) for inner in value.values())
    shown = _yaml({key: value}, None) if deep else f"{key}: {_yaml(value, True)}"
    first, *rest = shown.replace("\n...", "").splitlines()
    first = f"{first:<32} # {about}" if about else first
    new = "\n".join([first, *rest]) + "\n"
    found, n = re.subn(rf"(?m)^{key}:.*\n(?:[ ]+.*\n)*", lambda _: new, text)
    if n != 1:
        raise ValueError(f"the demo's config has no setting {key} to replace")
    return found


def _yaml(value: Any, flow: bool | None) -> str:
    """A value as YAML; with `flow` on one line."""
    how = {"allow_unicode": True, "sort_keys": False, "width": 10**6}
    return yaml.safe_dump(value, default_flow_style=flow, **how).strip()


def _without_questionnaires(head: str) -> str:
    """The head with an example in place of what it says of the demo's questionnaires."""
    about = r"# One table of items and one scoring key each(.*\n)+?(?=questionnaires:)"
    return _replaced(head, [(about, NO_QUESTIONNAIRE)])


def _questionnaires(head: str, questionnaires: Mapping[str, Mapping]) -> str:
    """The head with these questionnaires, and the difference of two if there is one of each role."""
    of_role = {about["role"]: name for name, about in questionnaires.items()}
    both = {"therapist", "client"} <= set(of_role)
    differences = {"difference": [of_role["therapist"], of_role["client"]]} if both else {}
    head = _with(head, "questionnaires", dict(questionnaires))
    return _with(head, "differences", differences, "signed, of two questionnaires' totals")
