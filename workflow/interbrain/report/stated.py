"""A setting as the run had it, from the provenance's config; the page has no default of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interbrain.problems import InterbrainError
from interbrain.study.settings import config_schema


class ConfigError(InterbrainError):
    """A config that lacks what every study states."""


def found(config: Mapping, *keys: str) -> Any:
    """One setting of the config, as ``found(config, "windows", "length_s")``; None where it is not."""
    value: Any = config
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def stated(config: Mapping, *keys: str) -> Any:
    """One setting that every resolved config has; of an older one that lacks it, what its declaration gives.

    Raises
    ------
    ConfigError
        If the setting must be given and is not.
    """
    value = found(config, *keys)
    if value is not None:
        return value
    about: dict = config_schema()
    for key in keys:
        about = about["properties"][key]
    if "default" not in about:
        name = ": ".join(keys)
        raise ConfigError(
            where="provenance.json",
            what=f"the configuration lacks {name}",
            hint=f"Write {name} into config.yaml, and run again.",
        )
    return about["default"]
