"""How much memory reading a Poly5 file takes at its peak, as a multiple of the file's size. Linux only.

Run by hand: python benchmarks/poly5_memory.py [megabytes]. Two Mobita files of 37 channels are written to a
temporary folder, one of float32, one of int16. Each measurement is a process of its own; `allocated` is what
Python and NumPy asked for (tracemalloc), `resident` is what it grew by (peak RSS, since the imports).
Not a test: nothing here passes or fails. The target is 3 times the file; an int16 file that is loaded whole
as float64, as MNE holds signals, takes 4 times its size by nature.
"""

import re
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import numpy as np

from interbrain.formats.gaps import mark_gaps
from interbrain.formats.poly5 import read_poly5
from interbrain.formats.poly5_writing import write_poly5

N_CHANNELS, SFREQ = 37, 2000
STEPS = {
    "opened": read_poly5,
    "one channel of it read": lambda path: read_poly5(path).get_data(picks=[0]),
    "a tenth of it loaded": lambda path: _tenth(read_poly5(path)),
    "loaded whole": lambda path: read_poly5(path).load_data(verbose="error"),
    "gaps looked for, loaded whole": lambda path: mark_gaps(read_poly5(path)).load_data(verbose="error"),
    "a gap filled": lambda path: mark_gaps(read_poly5(path)),
}


def _tenth(raw):
    return raw.crop(0, raw.times[-1] / 10).load_data(verbose="error")


def write(path, sample_format, megabytes, lost=0):
    """Noise and a counter, from which `lost` samples in the middle are missing."""
    n_times = int(megabytes * 1e6 / N_CHANNELS / {"float32": 4, "int16": 2}[sample_format])
    count = np.arange(n_times)
    count[n_times // 2 :] += lost
    data = np.random.default_rng(1).normal(0, 50, (N_CHANNELS, n_times)).round()
    data[-1] = count % 2**15
    names = [f"ExG{i:02d}" for i in range(1, N_CHANNELS)] + ["Saw"]
    write_poly5(path, data, SFREQ, names, ["µVolt"] * N_CHANNELS, sample_format=sample_format)


def peak_resident():
    return int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024


def measure(step, path):
    """Peak bytes, by RSS and then by tracemalloc, which would change the first if it ran along with it."""
    read_poly5(path)  # MNE imports much of itself when it is first used
    before = peak_resident()
    STEPS[step](path)
    grown = peak_resident() - before
    tracemalloc.start()
    STEPS[step](path)
    print(grown, tracemalloc.get_traced_memory()[1])


def main():
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as folder:
        for sample_format in ("float32", "int16"):
            whole, broken = Path(folder) / "whole.poly5", Path(folder) / "broken.poly5"
            write(whole, sample_format, megabytes)
            write(broken, sample_format, megabytes, lost=3 * SFREQ)
            print(f"{sample_format}, {whole.stat().st_size / 1e6:.0f} MB    resident   allocated")
            for step in STEPS:
                path = broken if step == "a gap filled" else whole
                printed = subprocess.check_output([sys.executable, __file__, "measure", step, str(path)])
                grown, allocated = (int(n) / path.stat().st_size for n in printed.split())
                print(f"  {step:<30}{grown:8.2f} x {allocated:9.2f} x")


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(*sys.argv[2:])
    else:
        main()
