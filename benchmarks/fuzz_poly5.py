"""Does a damaged Poly5 file ever do more than bring a FormatError? As many random files as asked for.

Run by hand: python benchmarks/fuzz_poly5.py --inputs 100000 [--seed 0] [--jobs 2] [--only INDEX].

Every second file is valid, with the format's quirks in random combination, and must be read exactly as it was
made. The others are such files damaged: bits, runs of bytes, header fields at their extremes, pieces cut
off, out, in or from another file, text conversions. Each must end, within 2 s and 10 times its size + 200 kB,
in a FormatError that names it or in a recording that holds together: names, shapes and limits right, whole
and piecewise reading alike, and single samples as a slow reader of the bytes finds them. Gaps are looked for,
too. The same seed gives the same files. Ends with status 1 and keeps the files, if one fails.

tests/formats/test_poly5_fuzz.py runs a few hundred of them.
"""

import argparse
import math
import os
import shutil
import signal
import struct
import sys
import tempfile
import traceback
import tracemalloc
import warnings
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.gaps import bridge_missing, mark_gaps
from interbrain.formats.poly5 import read_poly5
from interbrain.formats.poly5_writing import write_poly5

OUTCOMES = ("FormatError", "read", "FAILED")
SECONDS, TIMES_SIZE, MORE_BYTES = 2, 10, 200_000
HEADER, SIGNAL, BLOCK = 217, 136, 86
# Offset and type of what a header, a signal description and a block hold.
HEADER_FIELDS = [(31, "h"), (33, "B"), (114, "h"), (116, "h"), (118, "B"), (119, "h"), (121, "i")]
HEADER_FIELDS += [(129 + 2 * i, "h") for i in range(7)] + [(143, "i"), (147, "H"), (149, "H"), (151, "h")]
SIGNAL_FIELDS = [(0, "B"), (45, "B"), (56, "f"), (60, "f"), (64, "f"), (68, "f"), (72, "h"), (74, "h")]
EXTREMES = {
    "B": [0, 1, 40, 41, 80, 127, 128, 255],
    "h": [-(2**15), -1, 0, 1, 2, 7, 2**15 - 1],
    "H": [0, 1, 2, 255, 2**15, 2**16 - 1],
    "i": [-(2**31), -1, 0, 1, 2, 1000, 2**16, 2**31 - 1],
    "f": [math.nan, math.inf, -math.inf, 0.0, 1e-45, 1.4e-42, 3e38, -3e38, -1.0],
}
UNITS = ["µV", "μV", "uV", "µVolt", "uVolt", "mV", "V", "nV", "g", "", "Bit"]


class Hang(BaseException):
    """Not caught by what is tried out, as TimeoutError would be."""


def make(rng):
    """A valid file, bytes, and the values that it holds, shape (n_channels, n_times), in its own units."""
    n_channels, n_times = rng.integers(1, 7), int(rng.integers(1, 200))
    per_block = int(rng.integers(2, 80))
    formats = [str(f) for f in rng.choice(["float32", "int16"], n_channels)]
    data = rng.integers(1, 30_000, (n_channels, n_times)) * rng.choice([-1, 1], (n_channels, n_times)) * 1.0
    names = [str(n) for n in rng.choice(["Fz", "Cz", "ExG01", "Fü", "", "Digi", "X"], n_channels)]
    if rng.random() < 0.5:
        modulus = rng.choice([16, 64, 1000, 2**15])
        data[-1], names[-1] = np.arange(n_times) % modulus + 1, "Saw"
    units = [str(u) for u in rng.choice(UNITS, n_channels)]
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        path = Path(folder) / "made"
        write_poly5(path, data, 500, names, units, sample_format=formats, samples_per_block=per_block)
        content = bytearray(path.read_bytes())
    words = struct.unpack_from("<h", content, 119)[0]
    begin, block_bytes = HEADER + SIGNAL * words, BLOCK + 2 * words * per_block
    n_blocks = -(-n_times // per_block)
    for quirk in ("ranges", "cp1252", "short", "counts", "2.04"):
        if rng.random() < 0.4:
            continue
        if quirk == "ranges":
            for word in range(words):
                if content[HEADER + SIGNAL * word + 1 :].startswith(b"("):
                    struct.pack_into("<4I", content, HEADER + SIGNAL * word + 56, 0, 1000, 0, 1000)
        elif quirk == "cp1252":
            head = content[:begin].replace(b"\x07\xc2\xb5Volt\0", b"\x05\xb5Volt\0\0")
            content[:begin] = head.replace(b"\x08(Lo) F\xc3\xbc", b"\x07(Lo) F\xfc\0").replace(
                b"\x08(Hi) F\xc3\xbc", b"\x07(Hi) F\xfc\0"
            )
        elif quirk == "short":
            del content[
                begin + (n_blocks - 1) * block_bytes + BLOCK + 2 * words * _in_last(n_times, per_block) :
            ]
        elif quirk == "counts":
            struct.pack_into("<i", content, 121, int(rng.choice([0, -1, max(n_times - 2 * per_block, 0)])))
            struct.pack_into("<i", content, 143, 0)
            if rng.random() < 0.5 and (n_blocks > 1 or _in_last(n_times, per_block) == per_block):
                struct.pack_into("<HH", content, 147, 0, 0)
            elif n_blocks > 1 and rng.random() < 0.5:  # what lay on the disk behind the last block
                missing = n_blocks * block_bytes - (len(content) - begin)
                content += bytes(missing + BLOCK) + rng.bytes(int(rng.integers(0, 300)))
        elif quirk == "2.04":
            content[28 + 3 : 33] = b"\0" + struct.pack("<h", 204)
    return bytes(content), data


def _in_last(n_times, per_block):
    return (n_times - 1) % per_block + 1


def _memory():
    return "/dev/shm" if os.path.isdir("/dev/shm") else None


def damage(rng, content, other):
    """The content damaged in one to three ways, and the name of the last."""
    for _ in range(rng.integers(1, 4)):
        content = bytearray(content) or bytearray(1)
        kind = str(rng.choice(list(DAMAGES)))
        content = bytes(DAMAGES[kind](rng, content, other))
    return content, kind


def _somewhere(rng, content):
    """An offset; every other time within the first bytes, which say what all others mean."""
    return int(rng.integers(0, min(len(content), 1200) if rng.random() < 0.5 else len(content)))


def _bits(rng, content, _):
    for _ in range(rng.integers(1, 9)):
        content[_somewhere(rng, content)] ^= 1 << int(rng.integers(8))
    return content


def _run(rng, content, _):
    at, n = _somewhere(rng, content), int(rng.integers(1, 300))
    n = len(content[at : at + n])
    content[at : at + n] = rng.bytes(n) if rng.random() < 0.5 else bytes([rng.choice([0, 255])]) * n
    return content


def _inserted(rng, content, _):
    at = _somewhere(rng, content)
    return content[:at] + rng.bytes(int(rng.integers(1, 200))) + content[at:]


def _cut_out(rng, content, _):
    at = _somewhere(rng, content)
    del content[at : at + int(rng.integers(1, 200))]
    return content


def _field(rng, content, where):
    at, number = where
    if at + 4 <= len(content):
        struct.pack_into("<" + number, content, at, EXTREMES[number][rng.integers(len(EXTREMES[number]))])
    return content


def _header_field(rng, content, _):
    return _field(rng, content, HEADER_FIELDS[rng.integers(len(HEADER_FIELDS))])


def _signal_field(rng, content, _):
    at, number = SIGNAL_FIELDS[rng.integers(len(SIGNAL_FIELDS))]
    return _field(rng, content, (HEADER + SIGNAL * int(rng.integers(12)) + at, number))


def _block_number(rng, content, _):
    if len(content) < HEADER:
        return content
    words, per_block = struct.unpack_from("<h", content, 119)[0], struct.unpack_from("<H", content, 147)[0]
    at = HEADER + SIGNAL * max(words, 0) + int(rng.integers(4)) * (BLOCK + 2 * per_block * max(words, 0))
    return _field(rng, content, (at, "i"))


def _spliced(rng, content, other):
    return content[: _somewhere(rng, content)] + other[_somewhere(rng, other) :]


def _as_text(rng, content, _):
    conversion = [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: text.replace(b"\r\n", b"\n"),
        lambda text: text.replace(b"\r", b"\n"),
        lambda text: text.decode("latin-1").encode("utf-8"),
        lambda text: text.replace(b"\0", b""),
    ][rng.integers(5)]
    return conversion(bytes(content))


DAMAGES = {
    "bits": _bits,
    "run of bytes": _run,
    "header field": _header_field,
    "signal field": _signal_field,
    "block number": _block_number,
    "cut off": lambda rng, content, _: content[: rng.integers(len(content) + 1)],
    "cut out": _cut_out,
    "inserted": _inserted,
    "appended": lambda rng, content, _: content + rng.bytes(int(rng.integers(1, 2000))),
    "spliced": _spliced,
    "twice": lambda rng, content, _: content + content,
    "as text": _as_text,
}


def judge(path, content, data=None):
    """What became of a file: "FormatError" or "read"; an AssertionError, or whatever it raises, for a fault.

    Parameters
    ----------
    path : pathlib.Path
        Where to write it.
    content : bytes
    data : array, shape (n_channels, n_times), optional
        What it holds, if it is a valid file.
    """
    path.write_bytes(content)
    signal.signal(signal.SIGALRM, _hang)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings(
                "ignore", ".*never written.*|.*out of order.*|.*counter.*|.*count samples.*", RuntimeWarning
            )
            return _judge(path, content, data)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _hang(*_):
    raise Hang(f"took longer than {SECONDS} s")


def _judge(path, content, data):
    tracemalloc.start()
    try:
        raw = read_poly5(path)
        raw.load_data(verbose="error")
    except FormatError as error:
        assert data is None, f"a valid file was refused: {error}"
        assert path.name in str(error), f"the message does not name the file: {error}"
        return "FormatError"
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        allowed = TIMES_SIZE * len(content) + MORE_BYTES
        assert peak <= allowed, f"{peak} bytes were allocated for a file of {len(content)}"
    values = raw.get_data()
    _check_channels(raw, values)
    _check_pieces(path, values)
    _check_samples(path, content, values)
    if data is not None:
        layout = raw._raw_extras[0]["layout"]
        volts = np.array([channel.volts for channel in layout.channels])[:, None]
        scaled = data * volts
        scaled[(np.abs(scaled) > 1) & (np.array(raw.get_channel_types()) == "eeg")[:, None]] = np.nan
        np.testing.assert_allclose(values, scaled, rtol=1e-9)
    try:
        whole = bridge_missing(mark_gaps(raw))
    except FormatError:
        return "read"
    assert raw.n_times <= whole.n_times <= 2 * raw.n_times
    assert np.isfinite(whole.get_data()).all()
    return "read"


def _check_channels(raw, values):
    kinds = np.array(raw.get_channel_types())
    assert values.shape == (len(raw.ch_names), raw.n_times) and raw.n_times > 0
    assert len(set(raw.ch_names)) == len(raw.ch_names)
    assert all(name and name.isprintable() for name in raw.ch_names)
    assert set(kinds) <= {"eeg", "stim", "misc"} and 0 < raw.info["sfreq"] < 2**15
    assert not np.isinf(values).any() and not (np.abs(values[kinds == "eeg"]) > 1).any()
    assert raw.info["meas_date"] is None or 1980 <= raw.info["meas_date"].year < 2100


def _check_pieces(path, values):
    lazy = read_poly5(path)
    middle = values.shape[1] // 2
    for part in (slice(0, middle), slice(middle, None), slice(middle, middle + 1)):
        if values[:, part].size:
            picks = sorted({0, len(values) - 1}, reverse=True)
            read = lazy.get_data(picks=picks, start=part.start or 0, stop=part.stop)
            np.testing.assert_array_equal(read, values[picks, part])


def _check_samples(path, content, values):
    """Single samples against the bytes, read in the slowest and plainest way."""
    shift = int(struct.unpack_from("<h", content, 31)[0] != 203)
    words = struct.unpack_from("<h", content, 119 + shift)[0]
    layout = read_poly5(path)._raw_extras[0]["layout"]
    per_block = struct.unpack_from("<H", content, 147 + shift)[0] or layout.per_block
    begin = HEADER + shift + SIGNAL * words
    assert values.shape[1] * 2 * words <= len(content)
    word = 0
    for row, channel in zip(values, layout.channels, strict=True):
        at = HEADER + shift + SIGNAL * word + 56
        low, high, adc_low, adc_high = struct.unpack_from("<4f", content, at)
        gain = (high - low) / (adc_high - adc_low) if adc_high != adc_low else math.nan
        if not (math.isfinite(low) and math.isfinite(adc_low) and math.isfinite(gain)) or gain == 0:
            low, adc_low, gain = 0.0, 0.0, 1.0
        for t in {0, len(row) // 2, len(row) - 1}:
            block, sample = divmod(t, per_block)
            at = begin + block * (BLOCK + 2 * words * per_block) + BLOCK + 2 * (sample * words + word)
            value = struct.unpack_from(channel.number.replace("f4", "f").replace("i2", "h"), content, at)[0]
            value = ((value - adc_low) * gain + low) * channel.volts
            expected = value if abs(value) <= channel.largest else math.nan
            assert row[t] == expected or (math.isnan(row[t]) and math.isnan(expected))
        word += 2 if channel.number == "<f4" else 1
    assert word == words


def one(index, seed):
    """The kind of one file of the series, its content, and what it holds if it is valid."""
    rng = np.random.default_rng([seed, index])
    content, data = make(rng)
    if index % 2 == 0:
        return "valid, with quirks", content, data
    content, kind = damage(rng, content, make(rng)[0])
    return kind, content, None


def warm_up(path):
    """MNE imports much of itself when it is first used, which is no file's fault."""
    path.write_bytes(make(np.random.default_rng(0))[0])
    bridge_missing(mark_gaps(read_poly5(path).load_data(verbose="error")))


def run(indices, seed, kept):
    """Outcomes of some files of the series, by kind; those that fail are written into the folder `kept`."""
    outcomes = Counter()
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        path = Path(folder) / "fuzzed.poly5"
        warm_up(path)
        for index in indices:
            kind, content, data = one(index, seed)
            try:
                outcomes[kind, judge(path, content, data)] += 1
            except (Exception, Hang):
                outcomes[kind, "FAILED"] += 1
                kept.mkdir(exist_ok=True)
                shutil.copy(path, kept / f"{seed}-{index}.poly5")
                (kept / f"{seed}-{index}.txt").write_text(traceback.format_exc())
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", type=int, help="one file of the series, with its traceback")
    options = parser.parse_args()
    if options.only is not None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "fuzzed.poly5"
            warm_up(path)
            kind, content, data = one(options.only, options.seed)
            print(kind, len(content), judge(path, content, data))
        return
    kept = Path(tempfile.gettempdir()) / "fuzz_poly5"
    shares = [range(n, options.inputs, options.jobs * 20) for n in range(options.jobs * 20)]
    outcomes = Counter()
    with ProcessPoolExecutor(options.jobs) as pool:
        for counts in pool.map(partial(run, seed=options.seed, kept=kept), shares):
            outcomes += counts
    print(f"{'':<22}" + "".join(f"{outcome:>13}" for outcome in OUTCOMES))
    for kind in sorted({kind for kind, _ in outcomes}):
        print(f"{kind:<22}" + "".join(f"{outcomes[kind, outcome]:>13}" for outcome in OUTCOMES))
    failed = sum(n for (_, outcome), n in outcomes.items() if outcome == "FAILED")
    print(
        f"{outcomes.total()} files, seed {options.seed}: {failed} failed"
        + f" (kept in {kept})" * (failed > 0)
    )
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
