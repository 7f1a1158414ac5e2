"""How a setting is declared, and the JSON Schema that follows from declarations.

`settings` declares; what a person wrote is held against the schema (`config`), whose hints are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Len, Lt, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticUndefined

KINDS = {str: "string", float: "number", int: "integer", bool: "boolean", NoneType: "null"}


@dataclass(frozen=True)
class Hint:
    """What to do about a value that does not fit; on a kind of value."""

    text: str


@dataclass(frozen=True)
class OneOf:
    """Words that another module declares."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Unique:
    """A list that names nothing twice."""


@dataclass(frozen=True)
class NotNull:
    """A setting that may be left out, but not be null."""


class Section(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    least: ClassVar[int] = 0  # of its settings, so many must be given


def setting(default: Any, about: str | None, hint: str = "", presets: Mapping | None = None) -> Any:
    """A setting that may be left out, and what it is then."""
    return _field(about, hint, presets, {"default": default}, default_factory=lambda: deepcopy(default))


def required(about: str | None, hint: str = "") -> Any:
    """A setting that every study must state."""
    return _field(about, hint, None, {})


def optional(about: str, hint: str = "", without: Any = None, alias: str | None = None) -> Any:
    """A setting that may be left out and then says nothing: whoever reads it decides what follows.

    `without` is what the typed settings hold in its place; `alias` is its name in the config.
    """
    return _field(about, hint, None, {}, default_factory=lambda: deepcopy(without), alias=alias)


def _field(about: str | None, hint: str, presets: Mapping | None, extra: dict, **further: Any) -> Any:
    extra |= {"x-hint": hint} if hint else {}
    extra |= {"x-presets": presets} if presets else {}
    return Field(description=about, json_schema_extra=extra, validate_default="default" in extra, **further)


def schema_of(section: type[Section]) -> dict:
    """The JSON Schema of a group of settings: kinds, limits, defaults, descriptions and hints."""
    properties, needed = {}, []
    for name, field in section.model_fields.items():
        name = field.alias or name
        about = _of_kind(Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
        about |= {"description": field.description} | cast(
            "dict", field.json_schema_extra
        )  # as `_field` made it
        properties[name] = deepcopy(about)
        if field.default is PydanticUndefined and field.default_factory is None:
            needed.append(name)
    found = {"type": "object", "additionalProperties": False, "properties": properties}
    found |= {"required": needed} if needed else {}
    return found | ({"minProperties": section.least} if section.least else {})


def _of_kind(kind: Any) -> dict:
    """The schema of a type's values."""
    if get_origin(kind) is Annotated:
        inner, *marks = get_args(kind)
        return _limited(_of_kind(inner), marks)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _any_of([_of_kind(part) for part in parts])
    if origin is Literal:
        return {"enum": list(parts)}
    if origin is list:
        return {"type": "array", "items": _of_kind(parts[0])}
    if origin is dict:
        name, value = parts
        named = {} if name is str else {"propertyNames": _of_kind(name)}
        return {"type": "object", **named, "additionalProperties": _of_kind(value)}
    if isinstance(kind, type) and issubclass(kind, Section):
        return schema_of(kind)
    return {"type": KINDS[kind]}


def _any_of(schemas: list[dict]) -> dict:
    """One schema for values of several types: as each limit is on one type only, all can stand together."""
    if any("enum" in schema for schema in schemas):
        return {"enum": [word for schema in schemas for word in schema.get("enum", [None])]}
    merged: dict = {}
    for schema in schemas:
        merged |= {key: value for key, value in schema.items() if key != "type"}
    return {"type": [schema["type"] for schema in schemas], **merged}


def _limited(schema: dict, marks: list) -> dict:
    """A type's schema with what narrows it."""
    if isinstance(schema.get("type"), list):
        size = "Properties" if "object" in schema["type"] else "Length"
    else:
        size = {"object": "Properties", "array": "Items"}.get(schema.get("type", ""), "Length")
    for mark in marks:
        match mark:
            case Gt():
                schema["exclusiveMinimum"] = mark.gt
            case Ge():
                schema["minimum"] = mark.ge
            case Lt():
                schema["exclusiveMaximum"] = mark.lt
            case Le():
                schema["maximum"] = mark.le
            case MinLen():
                schema[f"min{size}"] = mark.min_length
            case MaxLen():
                schema[f"max{size}"] = mark.max_length
            case Len():
                schema |= {f"min{size}": mark.min_length}
                schema |= {f"max{size}": mark.max_length} if mark.max_length is not None else {}
            case StringConstraints():
                schema["pattern"] = mark.pattern
            case OneOf():
                schema = {"enum": list(mark.words)}
            case Hint():
                schema["x-hint"] = mark.text
            case Unique():
                schema["uniqueItems"] = True
            case NotNull():
                (schema["type"],) = (kind for kind in schema["type"] if kind != "null")
    return schema
