"""Seeds that depend on what is computed and not on when or where."""

from zlib import crc32


def derived_seed(study_seed: int, stage: str, dyad: str, run: int | str) -> list[int]:
    """Seed for numpy's generators, of one stage of one dyad and run."""
    return [int(study_seed), crc32(stage.encode()), crc32(dyad.encode()), int(run)]
