"""Names of components, by a sign of their field, so that a person's decision finds the same one again.

A fit may give the same components in another order, with another sign, or with other last digits. Knows
neither labels nor what is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zlib import crc32

import numpy as np

from .decisions import CleaningError

BITS = 32
# The same component fitted again (fields that correlate by .995) differs in at most so many bits; two others
# differ in 16 on average, and hardly ever in fewer than 6.
SAME_BITS, APART_BITS = 3, 6
HALF = 0.455  # median of a squared standard normal: each bit is set in half of all fields


def names_of(fields: np.ndarray, channels: Sequence[str], content: str) -> list[str]:
    """Names such as IC03-7f2ab04c: place in the fit, and a sign of the component's field.

    Parameters
    ----------
    fields : array, shape (n_channels, n_components)
        Weights of each component at the channels; neither scale nor sign matters.
    channels : sequence of str
        With another set of channels, or another recording, all names differ.
    content : str
        Identifies the recording's samples.

    Notes
    -----
    Each of 32 bits says whether the field's squared projection on a random direction is above the median.
    Fields that are nearly alike share nearly all bits (locality-sensitive hashing, Charikar 2002), so that no
    machine's last digit gives another name.
    """
    seed = [crc32(",".join(channels).encode()), crc32(content.encode())]
    directions = 2 * np.random.default_rng(seed).integers(0, 2, (BITS, len(channels))) - 1
    unit = fields / np.linalg.norm(fields, axis=0)
    bits = (directions @ unit) ** 2 > HALF  # (bits, components)
    codes = [int("".join("1" if bit else "0" for bit in column), 2) for column in bits.T]
    return [f"IC{k:02d}-{code:08x}" for k, code in enumerate(codes)]


def named_now(decisions: Iterable[Mapping], names: Sequence[str]) -> list[Mapping]:
    """A person's decisions, with each component under the name that it has in this fit.

    A name that fits no component, or two, is left as it is: `decisions.decided` stops at it.

    Raises
    ------
    CleaningError
        If two decisions are about one component.
    """
    now = []
    taken: dict[str, str] = {}
    for decision in decisions:
        if decision["what"] == "component":
            item = _nearest(decision["item"], names)
            if item in taken:
                raise CleaningError(
                    f"the table of decisions names one component twice, as {taken[item]} and as "
                    f"{decision['item']}",
                    "Keep one row.",
                )
            taken[item] = decision["item"]
            decision = {**decision, "item": item}
        now.append(decision)
    return now


def _nearest(item: str, names: Sequence[str]) -> str:
    if item in names or len(_code(item)) != BITS // 4:
        return item
    apart = sorted((int.bit_count(int(_code(item), 16) ^ int(_code(name), 16)), name) for name in names)
    alone = len(apart) == 1 or apart[1][0] - apart[0][0] >= APART_BITS
    return apart[0][1] if apart and apart[0][0] <= SAME_BITS and alone else item


def _code(name: str) -> str:
    return name.partition("-")[2]
