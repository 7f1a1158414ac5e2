"""Settings that may differ between therapists and clients, or for a single recording.

A setting is written once for both, or under `therapist` and `client`; the recordings table has columns for a
recording that is an exception.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from interbrain.formats.channel_names import same_name

ROLES = ("therapist", "client")
OF_PULSES = ("channel", "idle", "mask", "dead_time_s", "annotation")


def of_role(setting: Any, role: str) -> Any:
    """What a setting is for one role, if it has one value for both or one for each."""
    return setting.get(role) if isinstance(setting, Mapping) else setting


def triggers_of(settings: Mapping | None, role: str, cell: str = "") -> dict:
    """Where the pulses of one recording are: the arguments of `formats.read_triggers`.

    Parameters
    ----------
    settings : mapping or None
        `triggers` of the config: for both roles, and what is otherwise for one of them under its name. None:
        no pulse reached both amplifiers.
    role : str
        "therapist" or "client".
    cell : str
        What the recordings table says of this recording: a channel's name, or "annotation: text".

    Returns
    -------
    triggers : dict
        channel, idle, mask, annotation (None if not named), and dead_time_s if the settings give it.
    """
    settings = settings or {}
    found = dict.fromkeys(("channel", "idle", "mask", "annotation"))
    for given in (settings, settings.get(role) or {}):
        if given.get("channel") and not given.get("annotation"):
            found["annotation"] = None
        found |= {name: given[name] for name in OF_PULSES if name in given}
    if text := annotation_in(cell):
        found["annotation"] = text
    elif cell and not (found["channel"] and same_name(cell, found["channel"])):
        # Another channel: what is known of the usual one says nothing of it.
        found |= {"channel": cell, "idle": None, "mask": None, "annotation": None}
    elif cell:
        found["annotation"] = None
    if found["annotation"] is not None:
        found["annotation"] = str(found["annotation"])
    return found


def annotation_in(cell: str) -> str:
    """The annotation that a cell of the recordings table names; empty if it names none."""
    named = re.fullmatch(r"annotation\s*:\s*(.+)", cell.strip(), re.IGNORECASE)
    return named[1] if named else ""


def names_pulses(triggers: Mapping) -> bool:
    """Whether triggers as `triggers_of` gives them name a channel or an annotation."""
    return bool(triggers["channel"] or triggers["annotation"])
