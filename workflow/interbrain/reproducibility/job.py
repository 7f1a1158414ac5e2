"""What every script's job shares: its log, and one plain line if it fails."""

import logging
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interbrain.problems import InterbrainError

FAILED = Path("results/logs/failed")


@contextmanager
def job(snakemake: Any) -> Iterator[None]:
    """Log to the rule's log file; turn an error into one line for the person at the screen.

    The traceback goes to the log. The line goes to a file below `FAILED`, which the workflow prints when it
    stops.
    """
    log = Path(snakemake.log[0])
    logging.basicConfig(filename=log, filemode="w", level=logging.INFO, force=True)
    logging.captureWarnings(True)
    warnings.simplefilter("default")
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        ours = isinstance(error, InterbrainError)  # which a person can put right
        line = str(error) if ours else f"unexpected {type(error).__name__}: {error}"
        if getattr(snakemake.wildcards, "dyad", line) not in line:
            whose = ", ".join(f"{name} {value}" for name, value in snakemake.wildcards.items())
            line = f"{snakemake.rule} of {whose}: {line}"
        with log.open("a") as file:
            traceback.print_exc(file=file)
        FAILED.mkdir(parents=True, exist_ok=True)
        (FAILED / f"{snakemake.rule}_{log.stem}.txt").write_text(f"{line}\n   The log: {log}\n")
        sys.exit(1)
