"""What people write for yes and no, in a table's cells or in a scoring key."""

from __future__ import annotations

import unicodedata

from interbrain.plain_letters import plain_letters

YES, NO = (
    frozenset(words.split("|"))
    for words in (
        "yes|y|ja|j|oui|si|sí|sim|da|tak|evet|kyllä|kylla|true|t|wahr|vrai|verdadero|vero|verdadeiro|waar|1|да|是|はい",
        "no|n|nein|non|não|nao|nee|nej|nei|nie|ne|ei|hayır|hayir|false|f|falsch|faux|falso|onwaar|0|нет|否|いいえ",
    )
)


def yes_or_no(word: str) -> bool | None:
    """Whether a word means yes, in any case; None if it means neither yes nor no.

    Examples
    --------
    >>> yes_or_no("Ja"), yes_or_no("0.0"), yes_or_no("perhaps")
    (True, False, None)
    """
    bare = unicodedata.normalize("NFC", word).casefold().strip(" .!").removesuffix(".0")
    for spelt in (bare, plain_letters(word).casefold().strip(" .!")):
        if spelt in YES or spelt in NO:
            return spelt in YES
    return None
