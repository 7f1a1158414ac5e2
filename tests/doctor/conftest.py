import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parent))  # the lab, and readers for other processes

from small_lab import Lab


@pytest.fixture
def lab(tmp_path, repository):
    schema = yaml.safe_load((repository / "workflow/schemas/config.schema.yaml").read_text(encoding="utf-8"))
    return Lab(tmp_path, schema)
