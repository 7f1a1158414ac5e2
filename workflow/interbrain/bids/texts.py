"""What the dataset says of itself, in words: its README, its changes, its tasks, its events."""

from collections.abc import Iterable, Mapping

from interbrain.bids.annotations import WITHHELD, WITHHELD_BAD
from interbrain.bids.coded_events import coded_texts
from interbrain.bids.task import BLOCK_CODE, EVENT_CODES
from interbrain.tasks import REST
from interbrain.words import listed

README = """# {title}

Dual-EEG (hyperscanning) recordings of {n} therapist-client dyads{tasks}, written by Interbrain {version}.

- Each dyad's encounter is one session with the same label for both members: `ses-D01` is in the folders
  of the therapist and of the client of dyad D01. A therapist of two dyads has two sessions.
- Runs are the times of measurement, in this order: {times}.
- `dyads.tsv` lists the dyads, and `participants.tsv` the people with their roles and, if a person is in
  one dyad only, that dyad. In the `*_eeg.json` beside each recording, `SimultaneousRecordingWith` names
  the partner's recording and `Hyperscanning` relates the two clocks:
  time here = SyncOffset + (1 + SyncDrift 1e-6) x time in the therapist's recording, in s.
  `SyncMethod` says how they were tied. With shared triggers, `SyncMarkers` is the number that were
  matched, of those in each member's file (`SyncMarkersTherapist`, `SyncMarkersClient`). Where
  `SyncDriftFrom` is `unknown`, the drift was not measured and SyncDrift is assumed to be 0; `SyncNotes`
  states the possible error. `SyncUnconfirmed` lists the intervals (s in the therapist's recording) in
  which the clocks are not confirmed; Interbrain uses no window there.
- `task-<label>_eeg.json` describes what was done in a task, for all of its recordings.
- Events: `sync_trigger` is a pulse that reached both amplifiers at the same instant; `BAD_acq_skip` marks
  lost samples, which were bridged so that the time axis is kept; `BAD_missing` marks values that the
  amplifier did not measure, `BAD_filled` losses that the recorder filled, `BAD_repeated` the second copy of
  a stretch that is there twice, `BAD_join` instants at which two pieces meet, and `BAD_cms` time without
  reference electrode; `comment` replaces texts of the recording software that could name people.
- Recordings hold no dates. Dates in the tables are shifted by one number of days for the whole study.
- `n/a` means that Interbrain was not told: amplifier, cap, reference, ground, filters and instructions may
  be known to the authors. Electrode positions are not included.
"""
CHANGES = "{version} 1924-12-31\n - Written by Interbrain. The date is shifted, as all dates here are.\n"
TOGETHER = "; both members of the dyad at the same time"
# What a release puts beside the dataset.
IGNORED = ("dyads.tsv", "dyads.json", "report.html", "pages", "SHA256SUMS", "ro-crate-metadata.json")
EVENT_TEXTS = {
    "sync_trigger": "Pulse that reached both members' amplifiers at the same instant",
    "BAD_acq_skip": "Samples lost by the amplifier, bridged linearly; the time axis is kept",
    "BAD_missing": "Values the amplifier did not measure, bridged linearly",
    "BAD_cms": "The reference electrode (CMS) of a BioSemi amplifier was out of range",
    "BAD_filled": "All EEG channels are constant or a straight line: lost samples that the recorder filled",
    "BAD_repeated": "The EEG repeats an earlier stretch to the bit: it was sent, pasted or exported twice",
    "BAD_join": "Two pieces of the recording meet here; how much time is missing between them is not known",
}
WITHHELD_TEXTS = {
    WITHHELD: "A text of the recording software, withheld because it could name people",
    WITHHELD_BAD: "Marked as bad in the recording software; the text is withheld",
}


def tasks_in_words(tasks: Mapping[str, str]) -> str:
    """`` at rest``; or in which tasks, with what was done in each where the study says it."""
    if list(tasks) == [REST] and not tasks[REST]:
        return " at rest"
    return " in " + listed(f"task {task}" + (f" ({text})" if text else "") for task, text in tasks.items())


def task_texts(task: str, doing: str) -> dict[str, str]:
    """What the dataset gives of a task. No study says which entry of the Cognitive Atlas it is.

    `doing` is what was done, in the study's words; empty if it gives none.
    """
    said = doing or ("Rest" if task == REST else f"Task {task}, not described further")
    return {
        "TaskDescription": said.rstrip(". ") + TOGETHER,
        "Instructions": "n/a",
        "CogAtlasID": "n/a",
        "CogPOID": "n/a",
    }


def event_texts(task: str, foreign: Mapping[str, int], coded: Iterable[str] = ()) -> dict:
    """What each event of a task's recordings means.

    `foreign` are the software's own, with their codes; `coded` what a person coded.
    """
    of_block = f"The {'rest block' if task == REST else 'block'}: the whole recording"
    levels = {task: of_block, **EVENT_TEXTS} | dict.fromkeys(foreign, "As the recording software named it")
    levels |= {name: text for name, text in WITHHELD_TEXTS.items() if name in foreign}
    of_coded, numbers, columns = coded_texts(coded)
    codes = {task: BLOCK_CODE, **EVENT_CODES, **foreign, **numbers}
    return {
        "onset": {"Description": "Start of the event from the first sample", "Units": "s"},
        "duration": {"Description": "Duration of the event", "Units": "s"},
        "trial_type": {"LongName": "Event", "Description": "Kind of event", "Levels": levels | of_coded},
        "value": {
            "Description": "Code of the event, the same in every recording of the task",
            "Levels": {str(code): name for name, code in codes.items()},
        },
        "sample": {"Description": "Onset in samples; the first sample is 0"},
        **columns,
        "StimulusPresentation": {"SoftwareName": "n/a"},
    }
