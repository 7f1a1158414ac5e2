"""Seeds that depend on what is computed, and not on when, where, or under which label.

Random numbers come from the study's seed and the stage, and from the samples where recordings should differ:
renamed persons and dyads get the same results. The fit of components starts alike in every recording. Only
the simulator, which has no samples yet, takes its seeds from labels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from zlib import crc32

import numpy as np


def derived_seed(study_seed: int, stage: str, dyad: str = "", run: int | str = 0) -> list[int]:
    """Seed for numpy's generators, of one stage; of a simulated recording also by its dyad and run."""
    return [int(study_seed), crc32(stage.encode()), crc32(dyad.encode()), int(run)]


def content_of(samples: np.ndarray) -> str:
    """What identifies a recording: 16 hexadecimal digits of the digest of its samples."""
    values = np.ascontiguousarray(samples, dtype="<f8")
    return hashlib.sha256(repr(values.shape).encode() + values.tobytes()).hexdigest()[:16]


def seed_of_content(seed: Iterable[int], *contents: str) -> list[int]:
    """A stage's seed for recordings of this content, in this order; as it is where none is known."""
    return [*seed, *(int(content[i : i + 8], 16) for content in contents for i in range(0, len(content), 8))]
