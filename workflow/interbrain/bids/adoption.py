"""A recording of an existing BIDS dataset, taken as it is: what the later stages need to know of it.

Writes no recording; a recording that has yet to be converted is the business of `recording`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from interbrain.bids import ConversionError
from interbrain.bids.reading import read_described
from interbrain.bids.recording import Meeting, Member, facts_of
from interbrain.formats import FormatError
from interbrain.formats.measurements import measured_of, write_measured
from interbrain.formats.notes import noted


def adopt(
    member: Member,
    meeting: Meeting,
    timing: Mapping,
    files: list[Path],
    *,
    cap_map: Mapping[str, str],
    judged_by: Path | None = None,
) -> dict:
    """What `recording.convert` says of a recording, of one that is in a BIDS dataset already.

    Parameters
    ----------
    timing : mapping
        This run's part of `timing.time_session`.
    files : list of Path
        Every file that belongs to the recording, for the checksums.
    judged_by : Path, optional
        As `recording.convert` takes it.

    Raises
    ------
    ConversionError
        Names the dyad, the run and the file.
    """
    try:
        with noted() as notes:
            found = read_described(member.path, cap_map)
    except FormatError as error:
        who = f"{meeting.dyad} {meeting.time}, {member.role} {member.participant}"
        raise ConversionError.of(error, who) from error
    if judged_by:
        write_measured(judged_by, measured_of(found.raw))
    facts = facts_of(found.raw, member, meeting, timing, files, notes, found.marked)
    measured = found.raw.info["meas_date"]
    return facts | {"measured": measured.isoformat() if measured else None, "foreign_events": {}}
