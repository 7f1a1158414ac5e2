"""All estimators by the name that the config gives them: whatever the modules in `estimators` declare.

The data dictionary, the report's methods, the checks of the config and its schema read from here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from interbrain.metrics import estimators
from interbrain.metrics.estimator import Estimator


def _found() -> dict[str, Estimator]:
    modules = [
        import_module(f"{estimators.__name__}.{module.name}") for module in iter_modules(estimators.__path__)
    ]
    every = [estimator for module in modules for estimator in module.ESTIMATORS]
    named = {estimator.name: estimator for estimator in every}
    if len(named) < len(every):
        raise TypeError("two estimators have one name")
    return dict(sorted(named.items(), key=lambda item: item[0] != "plv"))  # the study's own first


METRICS: Mapping[str, Estimator] = _found()


def modules_of(names: Iterable[str]) -> list[Path]:
    """The files of the estimators that a study asks for, of which its jobs are made."""
    modules = (sys.modules[METRICS[name].function.__module__] for name in names)
    return [Path(str(module.__file__)).resolve() for module in modules]
