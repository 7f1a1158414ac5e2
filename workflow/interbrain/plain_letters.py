"""Letters without what languages add to them: accents, strokes and ligatures."""

from __future__ import annotations

import unicodedata

# What Unicode does not take apart into a letter and a mark.
WHOLE = str.maketrans(
    {
        "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H",
        "ŧ": "t", "Ŧ": "T", "ı": "i", "þ": "th", "Þ": "Th", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe",
        "ß": "ss", "ẞ": "Ss",
    }
)  # fmt: skip


def plain_letters(text: str) -> str:
    """The text with plain letters in the place of those with accents or strokes; other signs stay.

    Examples
    --------
    >>> plain_letters("Wałęsa"), plain_letters("Thérapeute"), plain_letters("Søren, Straße 1")
    ('Walesa', 'Therapeute', 'Soren, Strasse 1')
    """
    apart = unicodedata.normalize("NFKD", text.translate(WHOLE))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
