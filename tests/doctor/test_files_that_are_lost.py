"""What the doctor advises where a recording cannot be read."""

from pathlib import Path

from interbrain.doctor.members import of_file
from interbrain.formats import COPY_AGAIN, FormatError


def test_a_recording_without_a_whole_copy_may_be_left_out_with_a_reason():
    path = Path("Klient.edf")
    lost = FormatError("is cut off", COPY_AGAIN, where=path)
    said, hint = of_file(lost, path, recording=True)
    assert said == "is cut off"
    assert hint == f"{COPY_AGAIN} If no whole copy is left, write the reason into exclude of this row."
    # A signal beside the EEG has no such cell, and a file in the wrong format need not be left out.
    assert of_file(lost, path)[1] == COPY_AGAIN
    assert (
        of_file(FormatError("is no EDF", "Save it as EDF.", where=path), path, recording=True)[1]
        == "Save it as EDF."
    )
