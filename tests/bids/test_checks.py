"""What the official validator does not notice is noticed here: a good dataset broken in one way at a time."""

import json
import re
import shutil

import pandas as pd
import pytest

from interbrain.bids.checks import own_checks, unlisted
from interbrain.bids.dataset import dataset_files

C01 = "sub-C01/ses-D01/eeg/sub-C01_ses-D01_task-rest_run-1"
SCANS = "sub-C01/ses-D01/sub-C01_ses-D01_scans.tsv"
SESSIONS = "sub-T01/sub-T01_sessions.tsv"


def edit(file, change):
    """A fault: the text of one file changed."""

    def fault(root):
        before = (root / file).read_text(encoding="utf-8")
        after = change(before)
        assert after != before, "the fault changes nothing"
        (root / file).write_text(after, encoding="utf-8", newline="")

    return fault


def swap(file, old, new):
    return edit(file, lambda text: text.replace(old, new))


def sidecar(file, **changed):
    """A fault: keys of a sidecar changed, those of Hyperscanning too."""

    def change(text):
        about = json.loads(text)
        for key, value in changed.items():
            (about["Hyperscanning"] if key in about["Hyperscanning"] else about)[key] = value
        return json.dumps(about)

    return edit(f"{file}_eeg.json", change)


def put(file, row, column, cell):
    """A fault: one cell of a table changed."""

    def fault(root):
        rows = pd.read_csv(root / file, sep="\t", dtype=str, keep_default_na=False)
        assert rows.loc[row, column] != cell
        rows.loc[row, column] = cell
        rows.to_csv(root / file, sep="\t", index=False)

    return fault


def again(file, row=-1, **changed):
    """A fault: a row stands in a table once more."""

    def change(text):
        line = text.splitlines()[row]
        for old, new in changed.items():
            line = line.replace(old, new)
        return f"{text}{line}\n"

    return edit(file, change)


def gone(file):
    return lambda root: (root / file).unlink()


def cut(file, n_bytes):
    return lambda root: (root / file).write_bytes((root / file).read_bytes()[:-n_bytes])


def copied_run(root):
    for f in list((root / C01).parent.glob("*run-2*")):
        shutil.copy(f, f.with_name(f.name.replace("run-2", "run-3")))


FAULTS = {
    "a partner that does not exist": (
        swap(f"{C01}_eeg.json", "bids::sub-T01", "bids::sub-T09"),
        r"run-1_eeg\.json: the partner's recording bids::sub-T09\S+ does not exist",
    ),
    "a partner that names another": (
        swap(f"{C01}_eeg.json", "run-1_eeg.vhdr", "run-2_eeg.vhdr"),
        r"sub-C01\S+json: bids::sub-T01\S+run-2_eeg\.vhdr does not name this recording as its partner",
    ),
    "recordings without a common instant": (sidecar(C01, SyncOffset=60.0), r"no instant in common with bids"),
    "members who differ in the method of their clocks": (
        sidecar(C01, SyncMethod="shared_start"),
        r"json: SyncMethod is shared_start, but markers at the partner's",
    ),
    "no markers": (gone(f"{C01}_eeg.vmrk"), r"eeg\.vmrk: missing\. Remove \S+_eeg\.vhdr and run again"),
    "no sidecar": (gone(f"{C01}_eeg.json"), r"run-1_eeg\.json: missing"),
    "a sidecar cut short": (cut(f"{C01}_eeg.json", 40), r"run-1_eeg\.json: not readable"),
    "no channels table": (gone(f"{C01}_channels.tsv"), r"channels\.tsv: missing"),
    "no events table": (gone(f"{C01}_events.tsv"), r"events\.tsv: missing"),
    "markers cut short": (
        cut(f"{C01}_eeg.vmrk", 3),
        r"eeg\.vmrk: its 7 markers are not the 8 events of \S+events\.tsv\. Remove that file and run again",
    ),
    "markers all lost": (edit(f"{C01}_eeg.vmrk", lambda t: t[: t.index("Mk1=")]), r"its 0 markers are not"),
    "a marker elsewhere": (
        edit(f"{C01}_eeg.vmrk", lambda t: re.sub(r"(Mk3=\w+,\w+ +\d+,)\d+", r"\g<1>9", t)),
        r"eeg\.vmrk: its 8 markers are not the 8 events",
    ),
    "markers of another recording": (
        swap(f"{C01}_eeg.vmrk", "run-1_eeg.eeg", "run-2_eeg.eeg"),
        r"eeg\.vmrk: names \S+run-2_eeg\.eeg as its DataFile",
    ),
    "signals cut by half a sample": (cut(f"{C01}_eeg.eeg", 6), r"eeg\.eeg: 119994 bytes instead of 120000"),
    "signals cut by whole samples": (
        cut(f"{C01}_eeg.eeg", 250 * 3 * 4),
        r"eeg\.eeg: 117000 bytes instead of 120000: 39\.000 s of the 40\.000 s\. Remove that file",
    ),
    "no signals": (gone(f"{C01}_eeg.eeg"), r"eeg\.eeg: missing"),
    "a header of other signals": (
        swap(f"{C01}_eeg.vhdr", "DataFile=sub-C01", "DataFile=sub-C02"),
        r"eeg\.vhdr: names sub-C02\S+ as its DataFile, not sub-C01\S+run-1_eeg\.eeg",
    ),
    "a header of other markers": (
        swap(f"{C01}_eeg.vhdr", "run-1_eeg.vmrk", "run-2_eeg.vmrk"),
        r"eeg\.vhdr: names \S+run-2_eeg\.vmrk as its MarkerFile",
    ),
    "a header at another rate": (
        swap(f"{C01}_eeg.vhdr", "SamplingInterval=4000", "SamplingInterval=2000"),
        r"eeg\.vhdr: its SamplingInterval is not that of 250 Hz",
    ),
    "a channel that no table describes": (
        edit(f"{C01}_channels.tsv", lambda t: "".join(t.splitlines(keepends=True)[:-1])),
        r"channels\.tsv: 2 channels instead of the header's 3",
    ),
    "channels in another order": (
        edit(f"{C01}_channels.tsv", lambda t: t.replace("Fz", "?").replace("Cz", "Fz").replace("?", "Cz")),
        r"channels\.tsv: the channels are not those of the header",
    ),
    "an event after the end": (
        put(f"{C01}_events.tsv", 3, "onset", "40.5"),
        r"events\.tsv: sync_trigger is not within the recording",
    ),
    "an event that lasts beyond the end": (
        put(f"{C01}_events.tsv", 0, "duration", "50.0"),
        r"events\.tsv: rest is not within the recording",
    ),
    "a sidecar of another dyad": (sidecar(C01, DyadID="D02"), r"DyadID is D02, but it lies in ses-D01"),
    "a sidecar of the wrong role": (
        sidecar(C01, Role="therapist"),
        r"Role therapist and Partner sub-T01 are not those of dyads\.tsv",
    ),
    "a sidecar of the wrong partner": (sidecar(C01, Partner="sub-T02"), r"Partner sub-T02 are not those of"),
    "another duration in the scans table": (
        put(SCANS, 0, "duration", "39.000"),
        r"scans\.tsv: duration of \S+run-1_eeg\.vhdr is not that of its sidecar",
    ),
    "another phase in the scans table": (put(SCANS, 0, "phase", "post"), r"scans\.tsv: phase of"),
    "another clock in the scans table": (
        put(SCANS, 0, "sync_offset", "0.500000"),
        r"scans\.tsv: sync_offset of",
    ),
    "another partner in the scans table": (
        swap(SCANS, "bids::sub-T01", "bids::sub-C02"),
        r"scans\.tsv: simultaneous_with of",
    ),
    "members who began at different times": (
        put(SCANS, 0, "acq_time", "1924-12-26T10:30:07.000"),
        r"scans\.tsv: acq_time of \S+run-1_eeg\.vhdr does not follow from the partner's by their clocks",
    ),
    "members of whom one has no time": (put(SCANS, 0, "acq_time", "n/a"), r"scans\.tsv: acq_time of"),
    "a date that was not shifted": (
        put(SCANS, 0, "acq_time", "2018-11-05T10:30:00.000"),
        r"scans\.tsv: 2018-11-05 is a date that was not shifted",
    ),
    "a recording twice in the scans table": (again(SCANS), r"scans\.tsv: a recording occurs twice"),
    "a sidecar that describes its task otherwise": (
        edit(f"{C01}_eeg.json", lambda t: t.replace("{", '{"TaskDescription": "Talk",', 1)),
        r"run-1_eeg\.json: TaskDescription is not that of task-rest_eeg\.json",
    ),
    "no description of a task": (gone("task-rest_eeg.json"), r"task-rest_eeg\.json: missing"),
    "a participant too many": (
        again("participants.tsv", C02="C09"),
        r"sub-C09 is not in both this table and",
    ),
    "a participant too few": (
        edit("participants.tsv", lambda t: "".join(t.splitlines(keepends=True)[:-1])),
        r"participants\.tsv: sub-C02 is not in both",
    ),
    "a participant twice": (again("participants.tsv"), r"participants\.tsv: sub-C02 stands there 2 times"),
    "no participants table": (gone("participants.tsv"), r"participants\.tsv: missing\. Run again"),
    "a stranger's answers": (
        again("phenotype/wai_c.tsv", C02="C09"),
        r"wai_c\.tsv: sub-C09 is not in participants",
    ),
    "a person twice in a questionnaire": (
        again("phenotype/wai_c.tsv"),
        r"wai_c\.tsv: sub-C02 stands there more than once",
    ),
    "a dyad that answered in two visits": (
        swap("phenotype/wai_t_visit-2.tsv", "D02", "D01"),
        r"wai_t\.tsv: dyad D01 has 2 rows in all visits",
    ),
    "a dyad without answers": (gone("phenotype/wai_t_visit-2.tsv"), r"wai_t\.tsv: dyad D02 has 0 rows"),
    "answers of the other member": (
        put("phenotype/wai_c.tsv", 0, "participant_id", "sub-T01"),
        r"wai_c\.tsv: the answers are not all of the therapists or all of the clients",
    ),
    "answers about a dyad that was taken out": (
        swap("phenotype/wai_t_visit-2.tsv", "D02", "D07"),
        r"wai_t_visit-2\.tsv: dyad D07 is not in dyads\.tsv",
    ),
    "a dyad twice": (again("dyads.tsv"), r"dyads\.tsv: D02 occurs twice"),
    "a dyad that no session is of": (
        again("dyads.tsv", D02="D03"),
        r"sub-T01_sessions\.tsv: ses-D03 stands there 0 times, not once",
    ),
    "a session of no dyad": (
        edit("dyads.tsv", lambda t: "".join(t.splitlines(keepends=True)[:-1])),
        r"sub-T01_sessions\.tsv: ses-D02 is of no dyad in dyads\.tsv",
    ),
    "another factor in the sessions table": (
        put(SESSIONS, 1, "modality", "face-to-face"),
        r"sessions\.tsv: ses-D02 has modality face-to-face, but online in dyads\.tsv",
    ),
    "another partner in the sessions table": (
        put(SESSIONS, 1, "partner_id", "sub-C01"),
        r"sessions\.tsv: ses-D02 has partner_id sub-C01, but sub-C02 in dyads\.tsv",
    ),
    "another dyad in the table of people": (
        put("participants.tsv", 1, "dyad_id", "D02"),
        r"participants\.tsv: sub-C01 has dyad_id D02, which dyads\.tsv does not have",
    ),
    "other runs in the dyads table": (put("dyads.tsv", 0, "n_runs", "3"), r"dyads\.tsv: D01 has n_runs 3"),
    "a run of one member only": (
        lambda root: [f.unlink() for f in list((root / C01).parent.glob("*run-2*"))],
        r"dyads\.tsv: of D01 the therapist has run 1, 2 and the client run 1",
    ),
    "a person who was taken out": (
        lambda root: (root / "sub-C09").mkdir(),
        r"sub-C09: not in the study any more\. Remove that folder",
    ),
    "a person who is missing": (lambda root: shutil.rmtree(root / "sub-C02"), r"sub-C02: no such folder"),
    "a session of a dyad that was taken out": (
        lambda root: shutil.copytree(root / "sub-T01/ses-D02", root / "sub-T01/ses-D03"),
        r"ses-D03: not in sub-T01_sessions\.tsv",
    ),
    "a recording that no table lists": (copied_run, r"run-3_eeg\.vhdr: not in sub-C01_ses-D01_scans\.tsv"),
}


def problems_of(study):
    return own_checks(study.root, list(study.people["participant"]))


def test_a_good_dataset_has_no_problems(made):
    assert problems_of(made) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_noticed(broken, fault):
    break_it, said = FAULTS[fault]
    break_it(broken.root)
    found = problems_of(broken)
    assert any(re.search(said, problem) for problem in found), found
    assert all(problem.startswith(str(broken.root)) for problem in found)
    assert all(re.search(r"[Rr]emove|[Rr]un again|Check the pair", problem) for problem in found)


def listed_of(study):
    own = dataset_files(study.dyads, study.texts["questionnaires"])
    return [*own, *(f.relative_to(study.root).as_posix() for f in study.root.glob("sub-*/ses-*/eeg/*"))]


def test_every_file_of_a_good_dataset_is_accounted_for(made):
    assert unlisted(made.root, listed_of(made)) == []


def test_a_file_that_nothing_accounts_for_is_named_with_what_to_do(broken):
    listed = listed_of(broken)
    stale = broken.root / "phenotype/wai_old.tsv"
    stale.write_text("participant_id\nsub-C01\n")
    (broken.root / "sub-C01/notes on Anna.txt").write_text("private")
    found = unlisted(broken.root, listed)
    assert [f.split(": ")[0] for f in found] == [str(stale), str(broken.root / "sub-C01/notes on Anna.txt")]
    assert all("Remove it, or move it to" in f and "sourcedata" in f for f in found)


def test_raw_files_and_what_programs_leave_are_nobodys_fault(broken):
    listed = listed_of(broken)
    for name in ("sourcedata/Anna.Poly5", ".git/config", "sub-C01/.DS_Store", "Thumbs.db", "code/run.py"):
        (broken.root / name).parent.mkdir(exist_ok=True)
        (broken.root / name).write_text("x")
    assert unlisted(broken.root, listed) == []
