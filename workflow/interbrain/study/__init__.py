"""The study as its config and tables describe it, checked before anything runs.

Reads what a lab wrote, and says everything that is wrong at once, in plain words. Opens no recording.
"""

from interbrain.study.by_role import ROLES, of_role
from interbrain.study.config import check_config, read_config, with_defaults
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError, warning_text
from interbrain.study.reading import read_table
from interbrain.study.result_columns import TAKEN_COLUMNS
from interbrain.study.settings import config_schema
from interbrain.study.study import Study

__all__ = [
    "ROLES",
    "TAKEN_COLUMNS",
    "Study",
    "StudyError",
    "check_config",
    "config_schema",
    "load_study",
    "of_role",
    "read_config",
    "read_table",
    "warning_text",
    "with_defaults",
]
