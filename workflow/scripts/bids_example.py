"""The demo's dataset without its signals, as it could be offered to bids-examples: make bids-example."""

import sys
import tempfile
from pathlib import Path

from interbrain.bids.example import write_example
from interbrain.bids.validator import official_validator
from interbrain.problems import InterbrainError


def main(dataset: Path, target: Path) -> None:
    """Write the copy, and say what the official validator finds."""
    try:
        files = write_example(dataset, target)
        with tempfile.TemporaryDirectory() as folder:
            said = official_validator(target, Path(folder) / "full.json")
    except InterbrainError as error:
        sys.exit(str(error))
    size = sum(file.stat().st_size for file in files)
    print(f"{target}: {len(files)} files, {size / 1000:.0f} kB; {said['errors']} errors, ", end="")
    print(f"{said['warnings']} warnings of the BIDS validator {said['validator_version']}")
    if said["errors"]:
        sys.exit("\n".join(said["messages"]))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
