"""A setting as the run had it, from the provenance's config; the page has no default of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interbrain.problems import InterbrainError


class ConfigError(InterbrainError):
    """A config that lacks what every study has."""


def found(config: Mapping, *keys: str) -> Any:
    """One setting of the config, as ``found(config, "windows", "length_s")``; None where it is not."""
    value: Any = config
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def stated(config: Mapping, *keys: str) -> Any:
    """One setting that every resolved config has: the study's own, or what was declared for it.

    Raises
    ------
    ConfigError
        If it is not there.
    """
    value = found(config, *keys)
    if value is None:
        name = ": ".join(keys)
        raise ConfigError(
            where="provenance.json",
            what=f"the configuration lacks {name}",
            hint="Run the workflow again: the step before the report writes it.",
        )
    return value
