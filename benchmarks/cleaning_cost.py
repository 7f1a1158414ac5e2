"""What cleaning one recording costs: CPU seconds and peak memory of a whole process, imports included. Linux.

Run by hand: python benchmarks/cleaning_cost.py. A 5-minute recording of 32 channels at 1000 Hz with planted
artefacts is written as BrainVision, then read and cleaned by a process of its own, as a job of the workflow
does. Targets: 15 CPU s, 800 MB. Not a test: nothing here passes or fails.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DURATION_S, SFREQ = 300, 1000


def settings():

    from interbrain.study.config import with_defaults
    from interbrain.study.settings import config_schema

    schema = config_schema()
    config = with_defaults({"line_frequency": 50}, schema)
    own = {name: value for name, value in config["cleaning"].items() if name != "max_bad_share"}
    return {**own, "line_frequency": config["line_frequency"]}


def write(folder):
    import pybv

    from interbrain.simulate import Artifacts, Member, simulate_recording

    planted = Artifacts(blinks_per_minute=14, muscle_bursts_per_minute=4, noisy=["T8"], drift_uv=20)
    member = Member(artifacts=planted)
    raw = simulate_recording(member, seed=[1], duration_s=DURATION_S, sfreq=SFREQ).raw
    pybv.write_brainvision(
        data=raw.get_data(), sfreq=SFREQ, ch_names=raw.ch_names, fname_base="recording", folder_out=folder
    )


def clean_one(file):
    from interbrain.bids.reading import read_recording_files
    from interbrain.cleaning import clean
    from interbrain.files.fif import save

    done = clean(read_recording_files(Path(file)), **settings(), seed=[1])
    save(done.raw, Path(file).with_name("clean_eeg.fif"))
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Not ru_maxrss: a child begins with its parent's.
    peak = int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024
    about = done.account["IndependentComponents"]
    print(
        f"{used.ru_utime + used.ru_stime:5.1f} CPU s (target 15)  {peak:4.0f} MB (target 800)"
        f"   {about['Count']} components, {about['Iterations']} iterations"
    )


if __name__ == "__main__":
    if sys.argv[1:]:
        clean_one(sys.argv[1])
    else:
        one_thread = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
        with tempfile.TemporaryDirectory() as folder:
            write(folder)
            for _ in range(3):
                file = str(Path(folder, "recording.vhdr"))
                subprocess.run([sys.executable, __file__, file], env=os.environ | one_thread, check=True)
