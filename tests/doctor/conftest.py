import sys
from copy import deepcopy
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the lab, and readers for other processes

from small_lab import Lab

from interbrain.study.settings import config_schema


@pytest.fixture
def lab(tmp_path, repository):
    schema = deepcopy(config_schema())
    return Lab(tmp_path, schema)
