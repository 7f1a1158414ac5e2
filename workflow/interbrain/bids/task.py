"""What a recording's own files hold of its task: the codes of events, and the task in its sidecar.

Apart from the words about the whole dataset (`texts`), of which a changed one must convert nothing again.
"""

from interbrain.tasks import REST

# One code an event for the whole study: numbered per file, partners would differ.
EVENT_CODES = {"sync_trigger": 2, "BAD_acq_skip": 3, "BAD_missing": 4}
BLOCK_CODE = 1  # of the whole recording, an event that is called as its task


def task_texts(task: str, doing: str) -> dict[str, str]:
    """What a sidecar gives of the task. No study says which entry of the Cognitive Atlas it is.

    `doing` is what was done, in the study's words; empty if it gives none.
    """
    said = doing or ("Rest" if task == REST else f"Task {task}, not described further")
    return {
        "TaskDescription": f"{said.rstrip('. ')}; both members of the dyad at the same time",
        "Instructions": "n/a",
        "CogAtlasID": "n/a",
        "CogPOID": "n/a",
    }
