"""What a person decided about a recording's channels and components, against what is there to decide.

A decision that names nothing of the recording is an error: it would be ignored, and nobody would know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from interbrain.problems import InterbrainError


class CleaningError(InterbrainError):
    """A recording that cannot be cleaned, said for the person who recorded it."""


def decided(decisions: Iterable[Mapping], what: str, items: Iterable[str], hint: str) -> dict[str, Mapping]:
    """The decisions about one kind of thing, by the thing's name.

    Parameters
    ----------
    decisions : iterable of mapping
        what ("channel", "component"), item, decision, by, reason.
    items : iterable of str
        The names that there are.
    hint : str
        What to do about a name that is not one of them.

    Raises
    ------
    CleaningError
        If a decision names none of `items`.
    """
    items, found = list(items), {}
    for decision in decisions:
        if decision["what"] != what:
            continue
        item = decision["item"]
        if item not in items:
            alike = {name.lower(): name for name in items}
            near = get_close_matches(item.lower(), alike, n=1)
            meant = f"Is it {alike[near[0]]}? " if near and what == "channel" else ""
            raise CleaningError(
                f"the table of decisions names the {what} {item} (by {decision['by']}), which this "
                "recording does not have",
                f"{meant}{hint}",
            )
        found[item] = decision
    return found
