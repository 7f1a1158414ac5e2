"""Every table is a file that a reader can take along."""

from interbrain.report.reading import TABLES
from interbrain.report.sections.downloads import CONTENTS


def test_every_table_that_the_report_reads_can_be_downloaded_and_is_described():
    assert set(TABLES) <= set(CONTENTS)
    assert all(CONTENTS.values())
