"""Small valid recordings of every format with private texts wherever the format has a place for them.

`PLANTED[name](path, secrets, pulses, seconds, sfreq)` writes one and returns the file to read. `path` has no
suffix. Every recording has the channels LABELS in µV and a trigger channel `Digi` (8 idle, 0 for 40 ms from
each pulse). Formats with texts for events hold `secrets["comment"]` at 1 s.
"""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape
from zlib import compress, crc32

import bioread.headers
import mne
import numpy as np
import pybv
from scipy.io import savemat

from interbrain.formats.poly5_writing import write_poly5

LABELS = ["Fp1", "Fp2", "F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4", "Oz"]
SECRETS = {
    "name": "Annagret Geheimnis",
    "operator": "Oskar Verschwiegen",
    "measurement": "Messung Vertraulich",
    "serial": "SN-48151623",
    "comment": "comment Annagret weint",
    "begun": datetime(1987, 3, 21, 9, 41, 37, tzinfo=UTC),
    "birthday": datetime(1956, 7, 9, tzinfo=UTC),
}
IDLE, PULSE_S, COMMENT_AT = 8, 0.04, 1.0


def traces(secrets=SECRETS):
    """What to search a data set for: the texts, their parts, and the dates as people write them."""
    words = {w for key, text in secrets.items() if isinstance(text, str) for w in (text, *text.split())}
    dates = {
        day.strftime(form)
        for day in (secrets["begun"], secrets["birthday"])
        for form in ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d.%m.%y", "%d-%b-%Y", "%m/%d/%y", "%Y/%m/%d")
    }
    return sorted((words | dates | {"1987", "1956"}) - {"comment"})


def signals(path, pulses, seconds, sfreq):
    """EEG in µV, shape (n_labels, n_times), another for each file name; the trigger, shape (n_times,)."""
    n_times = round(seconds * sfreq)
    rng = np.random.default_rng(crc32(Path(path).name.encode()))
    eeg = 10 * rng.standard_normal((len(LABELS), n_times)) + 5 * rng.standard_normal(n_times)
    trigger = np.full(n_times, float(IDLE))
    for pulse in pulses:
        trigger[round(pulse * sfreq) : round((pulse + PULSE_S) * sfreq)] = 0
    return np.round(eeg, 1), trigger


def write_poly5_file(path, secrets, pulses, seconds, sfreq):
    file = Path(path).with_suffix(".poly5")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    units = ["µVolt"] * len(eeg) + [""]
    name = f"{secrets['name']} {secrets['measurement']}"
    write_poly5(
        file, np.vstack([eeg, trigger]), sfreq, [*LABELS, "Digi"], units, name=name, start=secrets["begun"]
    )
    return file


def _edf(path, secrets, pulses, seconds, sfreq, *, bits, begins=None, events=(), unit=b"uV", promised=None):
    """EDF+ or BDF+, records of 1 s; the last signal holds the texts.

    `begins`: the text of each record's onset; `events`: further (second of the file, annotation as bytes).
    """
    file = Path(path).with_suffix(".edf" if bits == 16 else ".bdf")
    kind, top, annotation_bytes = file.suffix[1:].upper(), 2 ** (bits - 1), 240
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    born, begun = (secrets[k].strftime("%d-%b-%Y").upper() for k in ("birthday", "begun"))
    person, place, operator, serial = (
        secrets[k].replace(" ", "_") for k in ("name", "measurement", "operator", "serial")
    )
    labels = [*LABELS, "Digi", f"{kind} Annotations"]
    n = len(labels)
    limits = [("-3000", "3000")] * len(eeg) + [("-10", "10"), ("-1", "1")]
    columns = [
        (16, labels),
        (80, [secrets["serial"]] * n),
        (8, [unit.decode("latin1")] * len(eeg) + ["", ""]),
        (8, [low for low, _ in limits]),
        (8, [high for _, high in limits]),
        (8, [str(-top)] * n),
        (8, [str(top - 1)] * n),
        (80, [""] * n),
        (8, [str(sfreq)] * (n - 1) + [str(annotation_bytes * 8 // bits)]),
        (32, [""] * n),
    ]
    head = b"0       " if bits == 16 else b"\xffBIOSEMI"
    head += f"{secrets['serial']} F {born} {person}".ljust(80).encode()
    head += f"Startdate {begun} {place} {operator} {serial}".ljust(80).encode()
    head += secrets["begun"].strftime("%d.%m.%y%H.%M.%S").encode()
    head += f"{256 * (n + 1):<8}{kind + '+C':<44}{promised or seconds:<8}{1:<8}{n:<4}".encode()
    head += "".join(f"{text:<{width}}" for width, texts in columns for text in texts).encode("latin1")

    scale = np.array([(float(high) - float(low)) / (2 * top - 1) for low, high in limits[:-1]])
    low = np.array([float(low) for low, _ in limits[:-1]])
    digital = np.round((np.vstack([eeg, trigger]) - low[:, None]) / scale[:, None] - top).astype("<i4")
    packed = digital.view(np.uint8).reshape(*digital.shape, 4)[..., : bits // 8]
    begins = begins or [f"{second}" for second in range(seconds)]
    told = [(COMMENT_AT, secrets["comment"].encode())] + [(pulse, b"pulse") for pulse in pulses]
    records = b""
    for second, begin in enumerate(begins):
        texts = [f"+{begin}\x14\x14\0".encode()]
        texts += [
            f"+{float(begin) + t - second:g}\x14".encode() + text + b"\x14\0"
            for t, text in [*told, *events]
            if second <= t < second + 1
        ]
        records += packed[:, second * sfreq : (second + 1) * sfreq].tobytes()
        records += b"".join(texts).ljust(annotation_bytes, b"\0")
    file.write_bytes(head + records)
    return file


def write_edf(path, secrets, pulses, seconds, sfreq, **more):
    return _edf(path, secrets, pulses, seconds, sfreq, bits=16, **more)


def write_bdf(path, secrets, pulses, seconds, sfreq, **more):
    return _edf(path, secrets, pulses, seconds, sfreq, bits=24, **more)


def write_brainvision(path, secrets, pulses, seconds, sfreq):
    file = Path(path).with_suffix(".vhdr")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    at = [(pulse, "Stimulus", 1) for pulse in pulses] + [(COMMENT_AT, "Comment", secrets["comment"])]
    pybv.write_brainvision(
        data=np.vstack([eeg * 1e-6, trigger * 1e-6]),
        sfreq=sfreq,
        ch_names=[*LABELS, "Digi"],
        fname_base=file.stem,
        folder_out=file.parent,
        overwrite=True,
        meas_date=secrets["begun"],
        events=[
            {"onset": round(t * sfreq), "duration": 1, "type": kind, "description": text}
            for t, kind, text in at
        ],
    )
    with file.open("a", encoding="utf-8") as header:  # pybv ends it with a [Comment] section
        header.write(
            f"\nSubject: {secrets['name']}\nTechnician: {secrets['operator']}\n"
            f"{secrets['measurement']} {secrets['begun']:%d.%m.%Y}\nAmplifier {secrets['serial']}\n"
        )
    return file


def write_eeglab(path, secrets, pulses, seconds, sfreq, *, separate=False, flat=False, events=()):
    """`events`: further (type, latency in samples from 1, duration in samples); `flat`: no EEG structure."""
    further = events
    file = Path(path).with_suffix(".set")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    data = np.vstack([eeg, trigger]).astype("<f4")
    if separate:
        data.T.tofile(file.with_suffix(".fdt"))
    at = [(COMMENT_AT, secrets["comment"])] + [(pulse, "pulse") for pulse in pulses]
    events = np.zeros(len(at) + len(further), dtype=[(k, "O") for k in ("type", "latency", "duration")])
    events[:] = [(text, t * sfreq + 1.0, 0.0) for t, text in at] + list(further)
    places = np.zeros(len(data), dtype=[(k, "O") for k in ("labels", "X", "Y", "Z", "type")])
    places[:] = [(label, *[np.zeros((0, 0))] * 3, "EEG") for label in [*LABELS, "Digi"]]
    content = {
        "setname": secrets["measurement"],
        "filename": secrets["name"],
        "filepath": secrets["operator"],
        "subject": secrets["name"],
        "group": "",
        "condition": secrets["measurement"],
        "session": np.zeros((0, 0)),
        "comments": f"{secrets['operator']} {secrets['serial']} {secrets['begun']:%d-%b-%Y}",
        "nbchan": float(len(data)),
        "trials": 1.0,
        "pnts": float(data.shape[1]),
        "srate": float(sfreq),
        "xmin": 0.0,
        "xmax": (data.shape[1] - 1) / sfreq,
        "times": np.arange(data.shape[1]) * 1000.0 / sfreq,
        "data": file.with_suffix(".fdt").name if separate else data,
        "datfile": file.with_suffix(".fdt").name if separate else "",
        "chanlocs": places,
        "event": events,
        "history": f"% {secrets['operator']}",
        "ref": "common",
        "icawinv": np.zeros((0, 0)),
        "icasphere": np.zeros((0, 0)),
        "icaweights": np.zeros((0, 0)),
        "icaact": np.zeros((0, 0)),
        "epoch": np.zeros((0, 0)),
    }
    savemat(file, content if flat else {"EEG": content}, appendmat=False, oned_as="row")
    return file


def write_eeglab_fdt(path, secrets, pulses, seconds, sfreq, **more):
    return write_eeglab(path, secrets, pulses, seconds, sfreq, separate=True, **more)


def write_fif(path, secrets, pulses, seconds, sfreq):
    file = Path(path).with_name(f"{Path(path).name}_raw.fif")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    info = mne.create_info([*LABELS, "Digi"], sfreq, ["eeg"] * len(eeg) + ["stim"])
    first, last = secrets["name"].split()
    info["subject_info"] = {
        "his_id": secrets["serial"],
        "first_name": first,
        "last_name": last,
        "birthday": secrets["birthday"].date(),
    }
    info["experimenter"] = secrets["operator"]
    info["description"] = secrets["measurement"]
    with info._unlock():
        info["proj_name"] = secrets["measurement"]
        info["proj_id"] = 4815
    info["device_info"] = {"type": "amplifier", "model": "x", "serial": secrets["serial"], "site": "y"}
    raw = mne.io.RawArray(np.vstack([eeg * 1e-6, trigger]), info, verbose="error")
    raw.set_meas_date(secrets["begun"])
    raw.set_annotations(
        mne.Annotations(
            [COMMENT_AT, *pulses],
            0,
            [secrets["comment"], *["pulse"] * len(pulses)],
            orig_time=secrets["begun"],
        )
    )
    raw.save(file, fmt="double", overwrite=True, verbose="error")
    return file


def write_gdf(path, secrets, pulses, seconds, sfreq, *, events=()):
    """GDF 2.2, one record a second, 64-bit floats; its event table has codes only (`events`: s, code)."""
    further = events
    file = Path(path).with_suffix(".gdf")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    data = np.vstack([eeg, trigger])
    n = len(data)

    def days(when):  # days since the year 0 in units of 2^-32
        return round(((when - datetime(1, 1, 1, tzinfo=UTC)).total_seconds() / 86400 + 367) * 2**32)

    head = b"GDF 2.20"
    head += f"{secrets['serial']} {secrets['name'].replace(' ', '_')}".encode().ljust(66, b"\0") + bytes(10)
    head += bytes(4) + f"{secrets['measurement']} {secrets['operator']}".encode().ljust(64, b"\0")
    head += bytes(16) + struct.pack("<QQ", days(secrets["begun"]), days(secrets["birthday"]))
    head += struct.pack("<H", n + 1) + bytes(6) + secrets["serial"].encode()[:8].ljust(8, b"\0")
    head += bytes(6 + 6 + 12 + 12) + struct.pack("<qIIHH", seconds, 1, 1, n, 0)
    head += b"".join(label.encode().ljust(16, b"\0") for label in [*LABELS, "Digi"])
    head += secrets["serial"].encode().ljust(80, b"\0") * n + bytes(6 * n)
    head += struct.pack(f"<{n}H", *[4275] * len(eeg), 512)
    for limit in (-3000.0, 3000.0, -3000.0, 3000.0):
        head += struct.pack("<d", limit) * n
    head += bytes(68 * n + 12 * n) + struct.pack("<i", sfreq) * n + struct.pack("<i", 17) * n
    head += bytes(12 * n + 20 * n)
    body = data.reshape(n, seconds, sfreq).transpose(1, 0, 2).astype("<f8").tobytes()
    at = [COMMENT_AT, *pulses, *(t for t, _ in further)]
    events = bytes([1]) + struct.pack("<I", len(at))[:3] + struct.pack("<f", sfreq)
    events += struct.pack(f"<{len(at)}I", *[round(t * sfreq) + 1 for t in at])
    events += struct.pack(f"<{len(at)}H", 768, *[769] * len(pulses), *(code for _, code in further))
    file.write_bytes(head + body + events)
    return file


def write_cnt(path, secrets, pulses, seconds, sfreq, *, marks=(), called=None):
    """Neuroscan CNT with 32-bit samples in units of .01 µV; every text field of its header is a secret.

    `marks`: (second, what the recorder has to say there: 14 for a discontinuity). `called`: label -> the
    first 15 bytes of its channel in the header.
    """
    file = Path(path).with_suffix(".cnt")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    data = np.round(np.vstack([eeg, trigger]) * 100).astype("<i4")
    n, n_times = data.shape
    begun = secrets["begun"]
    head = bytearray(900)
    texts = {
        0: (12, "Version 3.0"),
        21: (20, secrets["serial"]),
        41: (20, secrets["operator"]),
        61: (20, secrets["operator"]),
        81: (20, secrets["name"]),
        101: (20, secrets["measurement"]),
        121: (20, secrets["name"]),
        205: (20, secrets["measurement"]),
        225: (10, begun.strftime("%m/%d/%y")),
        235: (12, begun.strftime("%H:%M:%S")),
    }
    for where, (width, text) in texts.items():
        head[where : where + width] = text.encode()[:width].ljust(width, b"\0")
    body = data.T.tobytes()
    end = 900 + 75 * n + len(body)
    struct.pack_into("<H", head, 370, n)
    struct.pack_into("<H", head, 376, sfreq)
    struct.pack_into("<i", head, 864, n_times)
    struct.pack_into("<i", head, 886, end)
    for label in [*LABELS, "Digi"]:
        electrode = bytearray(75)
        electrode[:15] = (called or {}).get(label, label.encode()).ljust(15, b"\0")
        struct.pack_into("<f", electrode, 59, 1.0)
        struct.pack_into("<f", electrode, 71, 2.048)
        head += electrode
    row = 4 * n
    events = b"".join(
        struct.pack("<HBBl", code, 0, accept << 4, 900 + 75 * n + (round(t * sfreq) + 1) * row)
        for t, code, accept in [*((t, 1, 0) for t in pulses), *((t, 0, accept) for t, accept in marks)]
    )
    file.write_bytes(bytes(head) + body + struct.pack("<Bll", 1, len(events), 0) + events)
    return file


def xdf_chunk(tag, content):
    length = len(content) + 2
    return b"\x04" + struct.pack("<IH", length, tag) + content


def xdf_stream(number, name, data, stamps, *, kind="EEG", sfreq=0.0, labels=(), unit="microvolts", **more):
    """The chunks of one stream: `data` of shape (n_times, n_channels), or a text for each of `stamps`.

    `clock`: (time, offset) pairs of LSL's clock measurements; `extra`: further text inside <desc>.
    """
    texts = not isinstance(data, np.ndarray)
    channels = "".join(
        f"<channel><label>{escape(label)}</label><unit>{unit}</unit><type>{kind}</type></channel>"
        for label in labels
    )
    header = (
        f"<?xml version='1.0'?><info><name>{escape(name)}</name><type>{kind}</type>"
        f"<channel_count>{1 if texts else data.shape[1]}</channel_count>"
        f"<nominal_srate>{sfreq}</nominal_srate>"
        f"<channel_format>{'string' if texts else 'double64'}</channel_format>"
        f"<source_id>{more.get('serial', '')}</source_id><hostname>{more.get('host', '')}</hostname>"
        f"<desc>{more.get('extra', '')}<channels>{channels}</channels></desc></info>"
    )
    stream = struct.pack("<I", number)
    chunks = [xdf_chunk(2, stream + header.encode())]
    for time, offset in more.get("clock", ()):
        chunks.append(xdf_chunk(4, stream + struct.pack("<dd", time, offset)))
    for begin in range(0, len(stamps), 100):
        rows = b""
        for stamp, row in zip(stamps[begin : begin + 100], data[begin : begin + 100], strict=True):
            rows += b"\x08" + struct.pack("<d", stamp)
            rows += (
                b"\x04" + struct.pack("<I", len(row.encode())) + row.encode()
                if texts
                else np.asarray(row, "<f8").tobytes()
            )
        count = b"\x04" + struct.pack("<I", len(stamps[begin : begin + 100]))
        chunks.append(xdf_chunk(3, stream + count + rows))
    return b"".join(chunks)


def write_xdf_streams(file, streams, begun=None):
    when = f"<datetime>{begun.isoformat()}</datetime>" if begun else ""
    header = f"<?xml version='1.0'?><info><version>1.0</version>{when}</info>".encode()
    Path(file).write_bytes(b"XDF:" + xdf_chunk(1, header) + b"".join(streams))


def write_xdf(path, secrets, pulses, seconds, sfreq):
    file = Path(path).with_suffix(".xdf")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    began = 5000.0
    stamps = began + np.arange(len(trigger)) / sfreq
    extra = f"<subject><id>{secrets['name']}</id></subject><note>{secrets['measurement']}</note>"
    amplifier = xdf_stream(
        1,
        "EEG",
        np.vstack([eeg, trigger]).T,
        stamps,
        sfreq=sfreq,
        labels=[*LABELS, "Digi"],
        serial=secrets["serial"],
        host=secrets["operator"],
        extra=extra,
        clock=[(began, 0.0), (began + seconds, 0.0)],
    )
    texts = [secrets["comment"], *["pulse"] * len(pulses)]
    markers = xdf_stream(2, "Markers", texts, began + np.array([COMMENT_AT, *pulses]), kind="Markers")
    write_xdf_streams(file, [amplifier, markers], secrets["begun"])
    return file


def _acq_header(kind, revision, **fields):
    header = getattr(bioread.headers, kind).for_revision(revision, "<")
    content = header._struct_class()
    for field, value in fields.items():
        setattr(content, field, value)
    return content


def write_acq_channels(
    file, channels: Sequence, markers=(), *, sfreq=500, revision=128, compressed=False, journal=""
):
    """An AcqKnowledge file of version 4.4, or 5.0.1 with revision=132.

    Parameters
    ----------
    channels : sequence of (name, unit, divider, values)
        `divider`: how many times slower than `sfreq` the channel was recorded.
    markers : sequence of (sample, four letters, text, datetime or None)
    """
    base = max(len(values) * divider for _, _, divider, values in channels)
    graph = _acq_header(
        "GraphHeader",
        revision,
        lVersion=revision,
        nChannels=len(channels),
        dSampleTime=1000 / sfreq,
        bCompressed=int(compressed),
    )
    graph.lExtItemHeaderLen = len(bytes(graph))
    head = bytes(graph)
    for number, (name, unit, divider, values) in enumerate(channels):
        channel = _acq_header(
            "ChannelHeader",
            revision,
            nNum=number,
            szCommentText=name.encode(),
            szUnitsText=unit.encode(),
            lBufLength=len(values),
            nChanOrder=number,
            nVarSampleDivider=divider,
            dAmplScale=1.0,
        )
        channel.lChanHeaderLen = len(bytes(channel))
        head += bytes(channel)
    head += bytes(_acq_header("ForeignHeader", revision, lLength=4))
    for _ in channels:
        head += bytes(_acq_header("ChannelDTypeHeader", revision, nSize=8, nType=1))
    if not compressed:
        rows = [[] for _ in range(base)]
        for _, _, divider, values in channels:
            for i, value in enumerate(values):
                rows[i * divider].append(value)
        head += np.array([value for row in rows for value in row], "<f8").tobytes()
    head += bytes(
        _acq_header("MarkerHeader", revision, lMarkersExtra=len(markers) + 1, lMarkers=len(markers))
    )
    for sample, code, text, when in markers:
        item = _acq_header(
            "MarkerItemHeader",
            revision,
            lSample=sample % 2**32,
            nChannel=-1,
            sMarkerStyle=code.encode(),
            nTextLength=len(text.encode()) + 1,
        )
        if when and hasattr(item, "llDateCreated"):
            item.llDateCreated = round(when.timestamp() * 1000)
        head += bytes(item) + text.encode() + b"\0"
    notes = _acq_header("JournalHeader", revision, lLateJournalLen=len(journal.encode()))
    length = 4 + len(bytes(notes)) + len(journal.encode()) if journal else 4
    head += bytes(_acq_header("JournalLengthHeader", revision, lJournalDataLen=length))
    if journal:
        head += bytes(notes) + journal.encode()
    if compressed:
        head += bytes(_acq_header("MainCompressionHeader", revision))
        for _, _, _, values in channels:
            plain = np.asarray(values, "<f8").tobytes()
            packed = compress(plain)
            head += bytes(
                _acq_header(
                    "ChannelCompressionHeader",
                    revision,
                    lUncompressedLen=len(plain),
                    lCompressedLen=len(packed),
                )
            )
            head += packed
    Path(file).write_bytes(head)


def write_acq(path, secrets, pulses, seconds, sfreq):
    file = Path(path).with_suffix(".acq")
    eeg, trigger = signals(path, pulses, seconds, sfreq)
    channels = [(label, "microvolts", 1, values) for label, values in zip(LABELS, eeg, strict=True)]
    begun = secrets["begun"]
    at = [(0, "apnd", "Segment 1", begun), (round(COMMENT_AT * sfreq), "flag", secrets["comment"], begun)]
    at += [(round(pulse * sfreq), "usr1", "pulse", begun) for pulse in pulses]
    notes = ", ".join(secrets[k] for k in ("name", "operator", "measurement", "serial"))
    write_acq_channels(
        file,
        [*channels, ("Digi", "", 1, trigger)],
        at,
        sfreq=sfreq,
        journal=f"<html>{notes}, {begun:%Y-%m-%d}</html>",
    )
    return file


PLANTED = {
    "poly5": write_poly5_file,
    "edf": write_edf,
    "bdf": write_bdf,
    "brainvision": write_brainvision,
    "eeglab": write_eeglab,
    "eeglab_fdt": write_eeglab_fdt,
    "fif": write_fif,
    "gdf": write_gdf,
    "cnt": write_cnt,
    "xdf": write_xdf,
    "acq": write_acq,
}
