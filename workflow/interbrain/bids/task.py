"""The codes of events, one an event for the whole study.

Apart from the words about the dataset and its tasks (`texts`), of which a changed one must convert nothing.
"""

# Numbered per file, partners would differ.
EVENT_CODES = {
    "sync_trigger": 2,
    "BAD_acq_skip": 3,
    "BAD_missing": 4,
    "BAD_cms": 5,
    "BAD_filled": 6,
    "BAD_repeated": 7,
    "BAD_join": 8,
}
BLOCK_CODE = 1  # of the whole recording, an event that is called as its task
