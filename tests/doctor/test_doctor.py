"""The doctor opens each raw file of a study, and says all that only the files can tell."""

from datetime import datetime

import mne
import numpy as np
import pytest
import yaml
from small_lab import NAMES, record

from interbrain import doctor
from interbrain.study.settings import config_schema


def test_a_sound_study_is_told_what_its_files_hold(lab):
    said, sound = lab.check()
    heading, first, second, *_ = (line.split() for line in said.splitlines())
    assert sound and said.endswith("No problems found: 2 dyads, 2 recordings.")
    assert " ".join(heading) == (
        "dyad time role file Hz s EEG missing triggers idle lost s clock matched offset s ppm residual ms "
        "together s"
    )
    assert first[:9] == ["D01", "rest", "therapist", "D01_t_raw.fif", "250", "60.0", "6", "–", "4"]
    assert second[11:] == ["markers", "4", "of", "4", "|", "4", "0.000", "0.0", "0.00", "60.0"]


def test_length_time_and_disk_of_a_run_are_said_before_it(lab):
    said, _ = lab.check()
    assert "The recordings hold 4 min, those of both members together. A whole run takes about " in said
    assert " on 1 core or " in said and " MB of disk space.\n" in said


def test_of_a_stretch_of_a_longer_file_only_the_stretch_counts_in_the_length_of_a_run(lab):
    lab.cell("D01", "start_s", "5")
    lab.cell("D01", "stop_s", "35")
    assert "The recordings hold 3 min, those of both members together." in lab.check()[0]


def test_of_how_many_pulses_how_many_are_matched_is_in_the_table(lab):
    lab.spoil("D01_t_raw.fif", pulses=(5, 13, 22, 41, 47, 58))
    lab.spoil("D01_c_raw.fif", pulses=(5, 22, 33.3, 41, 58))
    said, sound = lab.check()
    assert sound and "4 of 6 | 5" in said.splitlines()[2]


@pytest.fixture
def two_times(lab):
    """One dyad at two times, whose pulses are of one pattern each."""
    pulses = (2, 9, 17.5, 29, 36, 49, 55.5)
    lab.spoil("D02_t_raw.fif", pulses=pulses)
    lab.spoil("D02_c_raw.fif", pulses=[t + 0.5 for t in pulses])
    lab.config["times"] = ["rest", "later"]
    lab.dyads = lab.dyads[:1]
    lab.rows[1][:2] = ["D01", "later"]
    return lab


def test_files_of_two_times_that_were_exchanged_are_told_from_their_pulses(two_times):
    lab = two_times
    lab.rows[0][3], lab.rows[1][3] = lab.rows[1][3], lab.rows[0][3]
    said = lab.problems()
    assert "fit those of the client's file of later (4 of 4 and 4)" in said
    assert (
        "fit those of the client's file of rest (7 of 7 and 7): the files of two times were exchanged" in said
    )
    assert "start_marker" not in said


@pytest.mark.parametrize("of_later", [(2, 9, 17.5, 29, 36, 49, 55.5), (5, 55)])
def test_pulses_of_a_protocol_that_every_time_shares_show_no_exchange(two_times, of_later):
    """A file that lost its pulses, beside a time whose files belong together, or two pulses alone."""
    lab = two_times
    lab.spoil("D01_t_raw.fif", pulses=of_later)
    lab.spoil("D01_c_raw.fif", pulses=[20])
    lab.spoil("D02_c_raw.fif", pulses=[t + 0.5 for t in of_later])
    if len(of_later) == 2:
        lab.spoil("D02_t_raw.fif", pulses=[20])
    said = lab.problems()
    assert "do not determine offset" in said and "exchanged" not in said


@pytest.mark.long_but("shared_start")
@pytest.mark.parametrize("sync", ["shared_start", "start_marker"])
def test_a_drift_that_nothing_measured_is_said_before_the_run_with_what_it_costs_at_this_length(lab, sync):
    for file in ("D01_t_raw.fif", "D01_c_raw.fif"):
        lab.spoil(file, duration=90, pulses=(10,))
    lab.cell("D01", "sync", sync)
    said, sound = lab.check()
    row = next(line for line in said.splitlines() if "D01_c_raw.fif" in line)
    assert sound and sync in row and "unknown" in row
    seconds = 90 if sync == "shared_start" else 80  # from the start marker to the end
    assert f"the drift between the two clocks is unknown and taken as 0; after {seconds} s" in lab.warnings()
    assert f" {seconds / 2:.0f} ms (at 500 ppm" in lab.warnings()


def test_several_cores_say_the_same(lab):
    assert lab.check(cores=2) == lab.check(cores=1)


def test_a_file_that_cannot_be_read_is_said_and_the_others_are_examined(lab):
    (lab.folder / "raw/D02_c_raw.fif").write_bytes(b"no recording")
    lab.spoil("D01_c_raw.fif", pulses=())
    said = lab.problems()
    assert "1  recordings.tsv, row 3 (D02): client, D02_c_raw.fif: cannot be read as .fif" in said
    assert "2  recordings.tsv, row 2 (D01): " in said and "never leaves 8" in said


def test_problems_of_the_tables_and_of_the_files_stand_in_one_list(lab):
    lab.dyads[0][2] = "C 1"
    lab.cell("D02", "sync", "marker")
    lab.cell("D01", "stop_s", "90")
    assert lab.problems() == (
        '1  dyads.tsv, row 2 (D01): client "C 1" may hold only letters (a to z) and digits\n'
        "   Write C1, here and in the other tables.\n"
        '2  recordings.tsv, row 3 (D02): sync is "marker"\n'
        "   Use: auto, markers, start_marker, lsl_clock, same_file, header_time, shared_start\n"
        "3  recordings.tsv, row 2 (D01): stop_s (90) is after the end of the therapist's file (60.0 s)\n"
        "   Correct it, or empty the cell, which means the end of the file."
    )


def test_when_the_config_cannot_be_used_it_says_that_nothing_else_was_looked_at(lab):
    lab.config["times"] = "rest"
    said, sound = lab.check()
    assert not sound and said.endswith("The tables were not read: correct the config first.")


@pytest.mark.parametrize(
    ("names", "rois", "what", "hint"),
    [
        (NAMES, ["Cz", "CPz"], "CPz is missing", "Did you mean Cz? There are F3, Fz, F4, C3, Cz, C4."),
        (["T7", *NAMES], ["T3"], "T3 is missing", "T3 is called T7 today: write T7 (rois)."),
        (
            ["Pz-Cz+", *NAMES], ["Pz"], "Pz is missing",
            'There is a channel "Pz-Cz+": if that is it, write label Pz-Cz+, channel Pz into a cap map '
            "(tables: cap_map).",
        ),
        (
            ["ExG1", "ExG2"], ["Fz", "Cz"], "Fz and Cz are missing",
            "No channel has a 10-20 name: ExG1, ExG2, Digi. Write which is which into a cap map (tables: "
            "cap_map).",
        ),
    ],
)  # fmt: skip
def test_a_site_whose_channel_is_missing_is_met_with_what_is_there(lab, names, rois, what, hint):
    lab.config["rois"] = {"site": rois}
    for row in lab.rows:
        for file in row[2:4]:
            lab.spoil(file, names=names)
    assert lab.problems() == (
        f"1  config.yaml, rois: {what} in every recording, first in D01_t_raw.fif\n   {hint}"
    )


def test_a_channel_that_one_recording_lacks_is_said_of_that_one(lab):
    lab.spoil("D02_c_raw.fif", names=NAMES[1:])
    assert lab.problems().startswith("1  recordings.tsv, row 3 (D02): client, D02_c_raw.fif: F3 is missing\n")


@pytest.mark.long
def test_members_of_different_length_are_told_how_long_they_were_recorded_together(lab):
    lab.spoil("D02_c_raw.fif", duration=24, pulses=(1, 4, 20))
    lab.spoil("D02_t_raw.fif", pulses=(21, 24, 40))
    assert lab.problems() == (
        "1  recordings.tsv, row 3 (D02): therapist 60 s, client 24 s; both were recorded for only 24 s\n"
        "   At least 30 s are needed (windows: min_clean_s). Check that these files belong together, or "
        "exclude the dyad with a reason."
    )
    lab.config["windows"] = {"min_clean_s": 20}
    assert "both were recorded for only 24 s\n   Only these seconds are used." in lab.warnings()


def test_one_recording_that_was_copied_over_another_is_found_by_its_content(lab):
    raw = lab.folder / "raw"
    (raw / "D02_c_raw.fif").write_bytes((raw / "D01_c_raw.fif").read_bytes())
    assert lab.problems() == (
        "1  recordings.tsv, row 3 (D02): client, D02_c_raw.fif has the same content as D01_c_raw.fif, D01 "
        "rest (client)\n"
        "   One of them was copied over the other: copy the right one from the recording computer."
    )


def test_one_recording_saved_in_two_formats_for_both_members_is_found_by_its_signals(lab):
    raw = mne.io.read_raw_fif(lab.folder / "raw/D01_t_raw.fif", verbose="error")
    raw.export(lab.folder / "raw/D01_c.vhdr", verbose="error")
    lab.cell("D01", "client_file", "D01_c.vhdr")
    assert lab.problems().startswith(
        "1  recordings.tsv, row 2 (D01): the therapist's and the client's recording hold the same signals"
    )


def test_one_recording_saved_again_under_another_dyads_name_and_filtered_is_found_by_its_signals(lab):
    raw = mne.io.read_raw_fif(lab.folder / "raw/D01_c_raw.fif", preload=True, verbose="error")
    raw.filter(None, 10, verbose="error").export(lab.folder / "raw/D02_c.vhdr", verbose="error")
    lab.cell("D02", "client_file", "D02_c.vhdr")
    assert lab.problems() == (
        "1  recordings.tsv, row 3 (D02): client, D02_c.vhdr holds the same signals as D01_c_raw.fif, D01 "
        "rest (client)\n"
        "   One of them was copied over the other: copy the right one from the recording computer."
    )


def test_a_rate_too_low_for_the_lowpass_is_a_problem_and_differing_rates_a_warning(lab):
    lab.spoil("D01_c_raw.fif", sfreq=500)
    assert lab.problems() == ""
    assert "the sampling rates differ: 250 Hz (3 times) and 500 Hz (1 time)" in lab.warnings()
    lab.config["cleaning"] = {"lowpass": 45}
    lab.spoil("D01_c_raw.fif", sfreq=80)
    assert "client, D01_c_raw.fif: recorded at 80 Hz, too slow for a lowpass of 45 Hz" in lab.problems()


def test_members_recorded_on_different_days_are_a_warning(lab):
    lab.spoil("D01_c_raw.fif", begun=datetime(2024, 3, 4))
    assert lab.problems() == ""
    assert (
        "recordings.tsv, row 2 (D01): according to the files, the therapist was recorded on 1 March 2024, "
        "the client on 4 March 2024" in lab.warnings()
    )


@pytest.mark.long
def test_header_time_that_the_config_accepts_is_a_warning(lab):
    lab.config["clock"] = {"accept_header_time": True}
    lab.cell("D01", "sync", "header_time")
    assert lab.problems() == ""
    assert "PLV in the alpha band is then meaningless" in lab.warnings()


def test_of_an_excluded_dyad_no_file_is_opened(lab):
    lab.dyads[1][3] = "the amplifier failed"
    (lab.folder / "raw/D02_c_raw.fif").write_bytes(b"no recording")
    said, sound = lab.check()
    assert sound and "D02_" not in said
    assert "1 dyad left out, by the column exclude:\n   D02: the amplifier failed" in said


def test_a_simulated_study_whose_recordings_are_not_made_yet_says_so(repository, tmp_path):
    config = yaml.safe_load((repository / "config/config.yaml").read_text(encoding="utf-8"))
    config["raw_folder"] = str(tmp_path)
    said, sound = doctor.check(config, config_schema(), repository)
    assert sound and said.startswith("The recordings of this study are simulated and not yet made")
    assert said.endswith("No problems found: 6 dyads, 12 recordings.")


def test_mains_other_than_the_configs_are_a_problem_before_anything_runs(lab):
    for row in lab.rows:
        for file in row[2:4]:
            lab.spoil(file, lines=[60])
    said, sound = lab.check()
    assert not sound
    assert "the mains are at 60 Hz in 4 recordings, first in therapist, D01_t_raw.fif" in said
    assert "the config says 50 Hz" in said and "Write line_frequency: 60, or" in said


@pytest.mark.long
def test_two_countries_are_a_warning(lab):
    for row in lab.rows:
        lab.spoil(row[2], lines=[50])
        lab.spoil(row[3], lines=[60])
    said, sound = lab.check()
    assert sound
    assert "the mains are at 60 Hz in 2 recordings, first in client, D01_c_raw.fif" in said
    lab.config["line_frequency"] = {"therapist": 50, "client": 60}
    assert "mains" not in lab.check()[0]


def test_mains_beside_their_frequency_are_a_warning_with_the_likely_rate(lab):
    lab.spoil("D01_c_raw.fif", lines=[50 * 250 / 256])  # recorded at 256 Hz, and the file says 250
    said, sound = lab.check()
    assert sound
    assert "client, D01_c_raw.fif: its sampling rate is probably 256 Hz and not 250 Hz" in said


def test_mains_of_another_grid_may_be_a_rate_that_the_file_gives_wrongly(lab):
    for row in lab.rows:
        for file in row[2:4]:
            lab.spoil(file, lines=[60], sfreq=300)  # as of 250 Hz with mains of 50 Hz
    assert "the mains of the config would fit 250 Hz in place of 300 Hz" in lab.check()[0]


def test_mains_as_the_config_says_and_no_mains_are_not_mentioned(lab):
    lab.spoil("D01_t_raw.fif", lines=[50])
    lab.spoil("D01_c_raw.fif", lines=[50, 60])
    assert "mains" not in lab.check()[0]


def test_a_band_that_a_filter_cut_is_named_with_the_recordings(lab):
    lab.spoil("D01_c_raw.fif", highest=8)
    said, sound = lab.check()
    assert sound
    assert "has cut the band alpha (8 to 12 Hz) in 1 of 4 recordings, first in client, D01_c_raw" in said
    assert "band theta" not in said and "bursts of muscle activity" in said


def test_where_too_little_of_a_band_is_left_check_says_that_it_will_be_missing(lab):
    lab.spoil("D01_c_raw.fif", highest=6)
    said, _ = lab.check()
    assert "has cut the band alpha (8 to 12 Hz) in 1 of 4 recordings, first in client, D01_c_raw" in said
    assert "of which too little is left: synchrony will be n/a there" in said


def test_what_recordings_do_not_reach_is_said_once_with_the_reason(lab):
    lab.spoil("D01_t_raw.fif", sfreq=128)
    lab.spoil("D02_t_raw.fif", highest=45)
    lab.spoil("D02_c_raw.fif", highest=45)
    said, sound = lab.check()
    assert sound
    assert (
        "bursts of muscle activity cannot be judged in 1 of 4 recordings, first in therapist, D01_t_raw.fif: "
        "it was recorded at 128 Hz"
    ) in said
    assert (
        "bursts of muscle activity and high-frequency noise of channels cannot be judged in 2 of 4 "
        "recordings, first in therapist, D02_t_raw.fif: a low-pass filter left nothing above about "
    ) in said


# --- triggers --------------------------------------------------------------------------------------------


def status_instead_of_digi(lab, *files):
    for file in files:
        raw = mne.io.read_raw_fif(lab.folder / "raw" / file, preload=True, verbose="error")
        raw.rename_channels({"Digi": "Status"}, verbose="error")
        raw.apply_function(lambda codes: np.where(codes == 8, 0.0, 255.0), picks=["Status"], verbose="error")
        raw.save(lab.folder / "raw" / file, overwrite=True, verbose="error")


@pytest.mark.long
def test_amplifiers_of_other_trigger_channels_get_one_advice_that_settles_it(lab):
    status_instead_of_digi(lab, "D01_c_raw.fif", "D02_c_raw.fif")
    lab.config["triggers"] = {"channel": "Digi"}
    advice = (
        "The therapists' recordings have it, the clients' do not: write below triggers (config.yaml) client: "
        "{channel: Status}."
    )
    assert " ".join(lab.check()[0].split()).count(advice) == 2
    lab.config["triggers"] = {"channel": "Status"}
    assert "therapist: {channel: Digi}" in " ".join(lab.check()[0].split())
    lab.config["triggers"] = {"therapist": {"channel": "Digi"}, "client": {"channel": "Status"}}
    said, sound = lab.check()
    assert sound and "trigger channel" not in said
    rows = [line.split() for line in said.splitlines()[1:5]]
    assert [row[8:10] for row in rows] == [["4", "8"], ["4", "0"]] * 2  # triggers and the idle value
    assert [[row[11], row[17]] for row in rows[1::2]] == [["markers", "0.000"]] * 2


def test_a_trigger_channel_that_one_recording_calls_otherwise_is_named_in_its_row(lab):
    status_instead_of_digi(lab, "D02_c_raw.fif")
    said = " ".join(lab.check()[0].split())
    assert "In this recording it has another name: write Status into client_trigger of its row." in said


def test_a_trigger_channel_that_no_recording_has_is_corrected_once_for_all(lab):
    lab.config["triggers"] = {"channel": "TRIG"}
    said = " ".join(lab.check()[0].split())
    assert said.count("No recording has it: write channel: Digi (triggers, config.yaml).") == 4


def test_a_pair_whose_pulses_go_to_opposite_levels_is_tied_without_an_offset(lab):
    raw = mne.io.read_raw_fif(lab.folder / "raw/D01_c_raw.fif", preload=True, verbose="error")
    raw.apply_function(lambda codes: np.where(codes == 8, 1.0, 8.0), picks=["Digi"], verbose="error")
    raw.save(lab.folder / "raw/D01_c_raw.fif", overwrite=True, verbose="error")
    lab.config["triggers"] = {"channel": "Digi"}
    said, sound = lab.check()
    client = said.splitlines()[2].split()
    assert sound and client[9] == "1" and client[17] == "0.000"


def test_an_idle_value_that_the_channel_seldom_holds_is_a_warning(lab):
    raw = mne.io.read_raw_fif(lab.folder / "raw/D01_c_raw.fif", preload=True, verbose="error")
    raw.apply_function(lambda codes: np.where(codes == 8, 1.0, 8.0), picks=["Digi"], verbose="error")
    raw.save(lab.folder / "raw/D01_c_raw.fif", overwrite=True, verbose="error")
    said = " ".join(lab.warnings().split())
    assert "client, D01_c_raw.fif: trigger channel 'Digi' is at the configured idle value 8 for only" in said
    assert "write idle: null or idle: 1 into the config" in said


@pytest.mark.long_but("-60.3-stop_s (60.3)")
@pytest.mark.parametrize(
    ("start", "stop", "name"), [("", "60.3", "stop_s (60.3)"), ("61", "", "start_s (61)")]
)
def test_a_block_that_would_stop_the_conversion_is_a_problem_now(lab, start, stop, name):
    lab.cell("D01", "start_s", start)
    lab.cell("D01", "stop_s", stop)
    assert f"{name} is after the end of the therapist's file (60.0" in lab.problems()


def test_a_block_that_ends_with_the_file_is_none(lab):
    lab.cell("D01", "stop_s", "60")
    assert lab.problems() == ""


def test_eeg_without_a_place_on_the_head_is_a_problem_before_the_run(lab):
    (lab.folder / "config/cap.tsv").write_text("label\tchannel\nC4\tFrontal1\nCz\tCz\n")
    lab.config["tables"]["cap_map"] = "config/cap.tsv"
    lab.config["rois"] = {"site": ["Cz"]}
    said = lab.problems()
    assert said.startswith("1  recordings.tsv: Frontal1 is EEG, but no site of the 10-20 system (in every")
    assert "Name the sites in the cap map, or write ignore there" in said


def test_a_cap_map_may_name_some_sites_where_the_files_have_the_others_under_their_names(lab):
    (lab.folder / "config/cap.tsv").write_text("label\tchannel\nX1\tF3\nC4\tignore\n")
    lab.config["tables"]["cap_map"] = "config/cap.tsv"
    lab.config["rois"] = {"frontal": ["F3", "Fz", "F4"]}
    for row in lab.rows:
        for file in row[2:4]:
            lab.spoil(file, names=["X1", "Fz", "F4", "C3", "Cz", "C4"])
    assert lab.problems() == ""
    assert "of 5 EEG channels the cap map names 1, and 4 are EEG by their own labels" in lab.warnings()
    lab.config["rois"]["central"] = ["C3", "C4"]  # which the map ignores
    assert lab.problems().startswith("1  config.yaml, rois: central: C4 is not in cap.tsv")
    lab.config["rois"]["central"] = ["C3", "C3h"]  # a site, which no file has
    assert "config.yaml, rois: central: C3h is not in cap.tsv" in lab.problems()
    for row in lab.rows:  # numbers of a cap, among them the names of sites
        lab.spoil(row[3], names=["X1", *(f"C{n}" for n in range(1, 33))])
    lab.config["rois"] = {"site": ["F3", "C3"]}
    assert "config.yaml, rois: site: C3 is not in cap.tsv" in lab.problems()


def test_a_decision_about_a_channel_that_a_recording_lacks_is_a_problem_before_the_run(lab):
    heading = ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"]
    rows = [["D01", "rest", "C01", "channel", c, "bad", "AB", "loose"] for c in ("Cz", "CZ", "O1")]
    text = "\n".join("\t".join(row) for row in (heading, *rows))
    (lab.folder / "config/decisions.tsv").write_text(text + "\n")
    lab.config["tables"]["decisions"] = "config/decisions.tsv"
    said = lab.problems()
    assert (
        "decisions.tsv: there is no channel CZ in D01_c_raw.fif (D01 rest, C01)\n   Did you mean Cz?" in said
    )
    assert "there is no channel O1" in said and said.count("there is no channel") == 2


def test_a_recording_shorter_than_the_filter_is_a_problem_before_the_run(lab):
    lab.config["cleaning"] = {"highpass": 0.05}
    lab.config["bands"] = {"alpha": [8, 12]}
    lab.config["windows"] = {"edge_s": 40}
    assert "only 60.0 s were recorded, and the high-pass filter alone needs 66.0 s" in lab.problems()


def test_amplitudes_that_no_head_gives_are_a_problem_with_the_factor(lab):
    lab.spoil("D01_c_raw.fif", strength=1000)
    lab.spoil("D02_t_raw.fif", strength=1e-3)
    said = lab.problems()
    assert "client, D01_c_raw.fif: its EEG would be 4." in said and " mV strong" in said
    assert (
        "1,000 times too much for a head" in said and "(0.001) into therapist_scale or client_scale" in said
    )
    assert "therapist, D02_t_raw.fif: its EEG would be " in said and "1,000 times too little" in said


def test_a_member_at_another_scale_than_the_partner_is_a_warning(lab):
    lab.spoil("D01_c_raw.fif", strength=12)
    assert "the client's EEG is 12 times as strong as the therapist's (5" in lab.warnings()
    lab.spoil("D01_c_raw.fif", strength=3)
    assert "times as strong" not in lab.warnings()


def test_how_channels_came_by_their_names_is_said_if_not_all_did_alike(lab):
    (lab.folder / "config/cap.tsv").write_text("label\tchannel\nF3\tF3\nC4\tignore\nX1\tOz\nX2\tF33\n")
    lab.config["tables"]["cap_map"] = "config/cap.tsv"
    lab.config["rois"] = {"frontal": ["F3", "Fz"]}
    lab.schema["properties"]["rois"].pop("default", None)
    for row in lab.rows:
        for file in row[2:4]:
            lab.spoil(file, names=[*NAMES, "X1", "X2"])
    said = lab.warnings()
    assert (
        "of 7 EEG channels the cap map names 3, and 4 are EEG by their own labels, and 1 is ignored" in said
    )
    assert "F33 is EEG, but no site of the 10-20 system" in lab.problems()


def test_numbers_of_a_cap_without_a_map_are_asked_for(lab):
    for row in lab.rows:
        for file in row[2:4]:
            lab.spoil(file, names=[f"{box}{n}" for box in "AB" for n in range(1, 33)])
    said, sound = lab.check()
    assert not sound
    assert "No channel has a 10-20 name: A1, A2, A3, " in said
    assert "Write which is which into a cap map" in said and "as BioSemi's A1-A32" in said


def test_a_copy_of_a_therapists_file_in_another_dyad_is_a_warning(lab):
    lab.dyads[1][1] = "T01"
    record(lab.folder / "raw/D02_t_raw.fif", seed=3)
    record(lab.folder / "raw/D01_t_raw.fif", seed=3)
    assert lab.problems() == ""
    assert "This is right if T01 was recorded with both partners at once" in lab.warnings()
    lab.cell("D02", "start_s", "30")  # D01 takes all of it
    assert "This is right if T01 was recorded with both partners at once" in lab.warnings()
    lab.cell("D01", "stop_s", "30")
    assert "recorded with both partners" not in lab.warnings()


@pytest.mark.long_but("37-True")
@pytest.mark.parametrize(("last", "enough"), [(37, True), (19, False)])
def test_where_the_clock_is_not_confirmed_is_said_and_too_little_that_is_confirmed_is_a_problem(
    lab, last, enough
):
    lab.spoil("D01_t_raw.fif", pulses=(5, 8, 11, 16, last, 43))
    lab.spoil("D01_c_raw.fif", pulses=(5, 8, 11, 16, last, 51))
    said, sound = lab.check()
    assert f"from {last:.1f} to 60.0 s on the therapist's clock the clock is not confirmed" in said
    assert ("the clock is confirmed in only 19 s" in said) != enough == sound
