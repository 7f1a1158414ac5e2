"""Headers and comments as recorders of all countries write them: encodings, spellings, units, file names."""

import re
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import planted
from planted import LABELS, PLANTED, SECRETS

from interbrain.formats import FormatError, read_recording, read_triggers
from interbrain.formats.notes import noted
from interbrain.formats.units import volts_per_unit

PULSES, SECONDS, SFREQ = [3.2, 9.7, 15.0], 20, 250


def write(kind, tmp_path, **more):
    return PLANTED[kind](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ, **more)


def check(file, tmp_path):
    """Signals, names and pulses are those that were written."""
    raw = read_recording(file).raw
    assert raw.ch_names == [*LABELS, "Digi"]
    assert raw.get_channel_types() == ["eeg"] * len(LABELS) + ["stim"]
    eeg, _ = planted.signals(tmp_path / "rest", PULSES, SECONDS, SFREQ)
    np.testing.assert_allclose(raw.get_data(picks="eeg") * 1e6, eeg, atol=0.05)
    np.testing.assert_allclose(read_triggers(raw, channel="Digi"), PULSES, atol=1e-9)
    return raw


@pytest.mark.parametrize("encoding", ["latin1", "utf-8", "cp1252"])
@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_comments_of_an_edf_file_are_read_in_any_encoding(tmp_path, kind, encoding):
    text = "Augen ge\u00f6ffnet" + (" \u20ac" if encoding == "cp1252" else "")
    raw = check(write(kind, tmp_path, events=[(12.5, text.encode(encoding))]), tmp_path)
    assert [m["onset"] for m in raw.annotations if m["description"] == text] == [12.5]
    assert [m["onset"] for m in raw.annotations if m["description"] == "pulse"] == PULSES


MICROVOLT = ["\u00b5V", "\u03bcV", "uV", "UV", "uv", "microV", "uVolt"]


@pytest.mark.parametrize("encoding", ["latin1", "utf-8"])
@pytest.mark.parametrize("unit", MICROVOLT)
@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_microvolts_of_an_edf_file_are_read_in_any_spelling(tmp_path, kind, unit, encoding):
    if unit == "\u03bcV" and encoding == "latin1":
        pytest.skip("Latin-1 has no Greek letter")
    check(write(kind, tmp_path, unit=unit.encode(encoding)), tmp_path)


@pytest.mark.parametrize(("unit", "volts"), [("nV", 1e-9), ("mV", 1e-3), ("MV", 1e-3), ("V", 1), ("Volt", 1)])
def test_other_voltages_of_an_edf_file_keep_their_size(tmp_path, unit, volts):
    file = write("edf", tmp_path)
    content = file.read_bytes()
    scaled = content.replace(b"uV      ", unit.ljust(8).encode())
    for limit in (b"-3000   ", b"3000    "):
        scaled = scaled.replace(limit, f"{float(limit) * 1e-6 / volts:<8.4g}".encode())
    file.write_bytes(scaled)
    raw = read_recording(file).raw
    eeg, _ = planted.signals(tmp_path / "rest", PULSES, SECONDS, SFREQ)
    np.testing.assert_allclose(raw.get_data(picks="eeg") * 1e6, eeg, atol=0.05)


def brainvision(tmp_path, edit, encoding="utf-8", part=".vhdr"):
    """A recording whose header (or marker file) was edited and is stored in another encoding."""
    file = write("brainvision", tmp_path)
    text = file.with_suffix(part).read_text(encoding="utf-8")
    changed = edit(text)
    assert changed != text or encoding != "utf-8"
    file.with_suffix(part).write_bytes(changed.encode(encoding))
    return file


def lower_keys(text):
    lines = [line.split("=", 1) for line in text.splitlines()]
    return "\n".join(
        f"{line[0].lower()} = {line[1]}" if len(line) == 2 and not line[0].startswith(";") else line[0]
        for line in lines
    )


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("DataFile=", "DataFile = ").replace("MarkerFile=", "MarkerFile= "),
        lower_keys,
        lambda text: text.replace("[Common Infos]", "[common infos]").replace("[Channel", "[CHANNEL"),
        lambda text: text.replace("DataFile=rest", "DataFile=$b").replace("MarkerFile=rest", "MarkerFile=$b"),
        lambda text: text.replace("DataFile=", "DataFile=D:\\study\\raw\\"),
        lambda text: text.replace("DataFile=rest.eeg", "DataFile=Rest.EEG"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("MULTIPLEXED", "multiplexed").replace("IEEE_FLOAT_32", "ieee_float_32"),
    ],
    ids=["spaces", "lower case", "sections", "$b", "Windows path", "case of the name", "CRLF", "values"],
)
def test_a_brainvision_header_is_read_in_any_spelling(tmp_path, edit):
    file = brainvision(tmp_path, edit)
    check(file, tmp_path)
    assert [part.suffix for part in read_recording(file).files] == [".vhdr", ".eeg", ".vmrk"]


@pytest.mark.parametrize("unit", [*MICROVOLT, ""])
def test_a_brainvision_unit_is_read_in_any_spelling(tmp_path, unit):
    def edit(text):
        assert "\u00b5V" in text
        return text.replace("\u00b5V", unit) + "\n"

    check(brainvision(tmp_path, edit), tmp_path)


@pytest.mark.parametrize(
    ("codepage", "encoding"),
    [
        ("ANSI", "cp1252"),
        ("UTF-8", "cp1252"),
        ("ANSI", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("nonsense", "cp1252"),
    ],
)
@pytest.mark.parametrize("part", [".vhdr", ".vmrk"])
def test_a_brainvision_file_is_read_whatever_its_codepage(tmp_path, codepage, encoding, part):
    def edit(text):
        text = text.replace("Codepage=UTF-8", f"Codepage = {codepage}")
        comment = (
            "Mk90=Comment,Augen ge\u00f6ffnet,3126,1,0\n" if part == ".vmrk" else "\nSch\u00f6nes Wetter\n"
        )
        return text + comment

    raw = check(brainvision(tmp_path, edit, encoding, part), tmp_path)
    if part == ".vmrk":
        assert "Comment/Augen ge\u00f6ffnet" in raw.annotations.description


@pytest.mark.parametrize(("in_header", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_parts_are_found_in_another_normal_form_of_unicode(tmp_path, in_header, on_disk):
    file = write("brainvision", tmp_path)
    name = "Zo\u00eb"
    for suffix in (".eeg", ".vmrk"):
        file.with_suffix(suffix).rename(tmp_path / (unicodedata.normalize(on_disk, name) + suffix))
    text = file.read_text(encoding="utf-8")
    for key in ("DataFile", "MarkerFile"):
        text = text.replace(f"{key}=rest", f"{key}={unicodedata.normalize(in_header, name)}")
    file.write_text(text, encoding="utf-8")
    check(file, tmp_path)


def test_a_part_that_is_not_there_is_named_in_the_header_s_own_words(tmp_path):
    file = brainvision(tmp_path, lambda text: text.replace("DataFile=rest.eeg", "datafile = other.eeg"))
    with pytest.raises(
        FormatError, match=r"rest\.vhdr: its signals should be in 'other\.eeg' in the same folder"
    ):
        read_recording(file)


def test_three_files_that_were_renamed_together_are_read_with_a_note(tmp_path):
    """As in datasets whose headers keep the names that the recorder gave."""
    file = brainvision(tmp_path, lambda text: re.sub("File=rest", "File=IBS_0001", text))
    with noted() as notes:
        check(file, tmp_path)
    assert [note for note in notes if "renamed" in note]
    file.with_suffix(".eeg").unlink()
    with pytest.raises(FormatError, match=r"should be in 'IBS_0001\.eeg' in the same folder"):
        read_recording(file)


@pytest.mark.parametrize("name", ["Ps\u00fcche", "\u10d7", "a b (c)"])
def test_a_folder_of_any_name_is_read(tmp_path, name):
    (tmp_path / name).mkdir()
    check(write("brainvision", tmp_path / name), tmp_path / name)


@pytest.mark.parametrize(
    ("unit", "volts"),
    [
        ("\u00b5V", 1e-6),
        ("\u03bcV", 1e-6),
        ("\u00c2\u00b5V", 1e-6),  # UTF-8 that was read as Latin-1
        (" microvolts ", 1e-6),
        ("UV", 1e-6),
        ("micro V", 1e-6),
        ("mV", 1e-3),
        ("nanovolt", 1e-9),
        ("V", 1),
        ("", None),
        ("deg C", None),
        ("mmHg", None),
    ],
)
def test_units_of_voltage(unit, volts):
    assert volts_per_unit(unit) == volts
