"""docs/gallery.md and its pictures: each fault that the simulator plants, and the same recording without it.

Run by `make gallery`. Every sentence on what cleaning found comes from the account of that very recording.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image
from scipy.signal import butter, filtfilt, iirnotch, sosfiltfilt

from interbrain.cleaning import clean
from interbrain.pictures.excerpt import DRIFT_HZ
from interbrain.pictures.panels import AFTER, BEFORE, INK, MUTED, PALE
from interbrain.simulate import Artifacts, Member, simulate_recording
from interbrain.study.config import with_defaults
from interbrain.study.settings import config_schema

DOCS = Path(__file__).parents[2] / "docs"
SEED, DURATION_S, EXCERPT_S = (20181108, 15), 60.0, 6.0
# Kind -> its heading, what is planted, what to look for, the channels that are drawn.
KINDS = {
    "blink": ("Blinks", {"blinks_per_minute": 15}, ("Fp1", "F3", "Cz", "Oz"),
        "Slow waves of a third of a second, largest at the forehead; in nearly every recording."),
    "saccade": ("Glances to the side", {"saccades_per_minute": 12, "saccade_uv": 100},
        ("F7", "F8", "Cz", "Oz"), "Steps as long as the eyes stay there, of opposite sign left and right."),
    "muscle": ("Bursts of muscles", {"muscle_bursts_per_minute": 8, "muscles": ("right temporalis",)},
        ("T8", "FC6", "Cz", "Oz"), "Fast, ragged activity for up to three seconds, at the rim of the head."),
    "heart": ("Heartbeat", {"heart_uv": 40}, ("T7", "P7", "Cz", "T8"),
        "A small sharp wave about once a second, on most channels at once. Here it is larger than usual."),
    "drift": ("Slow drift", {"drift_uv": 150}, ("Fp1", "F3", "Cz", "Oz"),
        "Lines that wander within seconds: sweat, or a cable that moves. The high-pass filter removes it."),
    "step": ("An electrode pop", {"steps": ("C4",)}, ("C4", "Cz", "CP2", "P4"),
        "One electrode jumps at once and creeps back; the others stay."),
    "flat": ("A dead electrode", {"flat": ("O1",)}, ("O1", "O2", "Oz", "Cz"),
        "No signal at all, not even noise."),
    "noisy": ("A noisy electrode", {"noisy": ("T8",), "noisy_uv": (80, 80)}, ("T8", "C4", "CP6", "Cz"),
        "Broad noise on top of the signal, all the time."),
    "loose": ("A loose electrode", {"loose": ("P8",), "loose_uv": (45, 45)}, ("P8", "P4", "CP6", "Cz"),
        "Slow noise of its own, and nothing of the head: no rhythm that its neighbours have."),
    "bridge": ("A bridge of gel", {"bridged": (("P3", "P7"),)}, ("P3", "P7", "Pz", "CP5"),
        "Two neighbours are the same line. Each looks perfect alone; only the pair shows it."),
}  # fmt: skip
NOTHING = {
    "drift": "nothing to decide: the high-pass filter removes it",
    "heart": "nothing: no component was labelled as heartbeat with enough certainty; it stays in the data",
}
INTRODUCTION = """# Gallery of faults

What each fault that the simulator plants looks like, and what cleaning finds. On the left is a person without the fault, on
the right the same person with it: thin and orange as recorded (drawn without the mains and, except where drift is the fault,
without drifts below 0.3 Hz), thick and blue after cleaning. Two lines are 120 µV apart; what is larger is cut off. The
pictures in your report and in `results/pages/` show your own recordings in the same way. `make gallery` writes this page."""  # noqa: E501


def cleaned(raw):
    config = with_defaults({"line_frequency": 50}, config_schema())
    settings = {**config["cleaning"], "line_frequency": 50}
    del settings["max_bad_share"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return clean(raw, **settings, seed=SEED[0])


def found(done, rather_than):
    """What cleaning said of this recording and not of the one without the fault."""
    account, other = done.account, rather_than.account
    told = [
        f"channel `{c['channel']}` is bad: {c['reason']}"
        for c in account["Channels"]
        if c["decision"] == "bad" and c["channel"] not in other["BadChannels"]
    ]
    for label in sorted({c["label"] for c in account["Components"]}):
        n, before = (
            sum(c["label"] == label and c["decision"] == "remove" for c in one["Components"])
            for one in (account, other)
        )
        if n > before:
            more = f" ({before} without the fault)" if before else ""
            told.append(f"{n} component{'s' * (n > 1)} removed as {label}{more}")
    for mark in sorted(set(done.raw.annotations.description) - {"BAD_acq_skip"}):
        seconds, before = (
            one.raw.annotations.duration[one.raw.annotations.description == mark].sum()
            for one in (done, rather_than)
        )
        if seconds > before + 0.05:
            told.append(
                f"{seconds:.1f} s are marked as {mark.removeprefix('BAD_')}, and windows there are left out"
            )
    return told


def first_second(planted, kind):
    """Where the excerpt begins: a second before the first planted event that fits, or in the middle."""
    onsets = [p["onset_s"] for p in planted if p["kind"] == kind and p["duration_s"] < DURATION_S]
    fitting = [t for t in onsets if 1 <= t <= DURATION_S - EXCERPT_S]
    return fitting[0] - 1 if fitting else DURATION_S / 2


def without_mains(data, sfreq):
    for harmonic in (50, 100, 150):
        data = filtfilt(*iirnotch(harmonic, 20, sfreq), data)
    return data


def draw(file, channels, start, recordings, slowest_hz):
    """Two panels, without and with the fault: before cleaning thin, after it thick."""
    figure = Figure(figsize=(8.4, 2.7), dpi=110, facecolor="white", layout="constrained")
    canvas = FigureCanvasAgg(figure)
    step = 120.0
    for axes, (title, raw, done) in zip(figure.subplots(1, 2, sharey=True), recordings, strict=True):
        for signal, colour, width in ((raw, BEFORE, 0.6), (done.raw, AFTER, 1.2)):
            sfreq = signal.info["sfreq"]
            span = slice(int(start * sfreq), int((start + EXCERPT_S) * sfreq))
            data = 1e6 * signal.get_data(picks=list(channels))
            if signal is raw:
                data = without_mains(
                    sosfiltfilt(butter(2, slowest_hz, "highpass", fs=sfreq, output="sos"), data), sfreq
                )
            data = data[:, span] - np.median(data[:, span], axis=1, keepdims=True)
            seconds = start + np.arange(data.shape[1]) / sfreq
            for place, line in enumerate(data):
                axes.plot(
                    seconds, -step * place + np.clip(line, -0.9 * step, 0.9 * step), color=colour, lw=width
                )
        axes.set_title(title, fontsize=10, color=INK, loc="left")
        axes.set_yticks([-step * place for place in range(len(channels))], channels, fontsize=9)
        axes.set_xlabel("s", fontsize=9, color=MUTED)
        axes.tick_params(length=0, labelsize=9)
        axes.margins(x=0)
        axes.grid(axis="x", color=PALE, lw=0.6)
        axes.spines[["top", "right", "left"]].set_visible(False)
    canvas.draw()
    pixels = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    content = BytesIO()
    pixels.convert("RGB").save(content, "WEBP", quality=60, method=6)
    file.write_bytes(content.getvalue())


def main():
    folder = DOCS / "gallery"
    folder.mkdir(exist_ok=True)
    without = simulate_recording(seed=SEED, duration_s=DURATION_S)
    clean_one = cleaned(without.raw)
    page = [INTRODUCTION]
    for kind, (heading, planted, channels, look) in KINDS.items():
        faulty = simulate_recording(Member(artifacts=Artifacts(**planted)), seed=SEED, duration_s=DURATION_S)
        done = cleaned(faulty.raw)
        start = first_second(faulty.truth["planted"], kind)
        draw(
            folder / f"{kind}.webp",
            channels,
            start,
            [("without", without.raw, clean_one), (heading.lower(), faulty.raw, done)],
            0.05 if kind == "drift" else DRIFT_HZ,
        )
        told = found(done, clean_one) or [NOTHING[kind]]
        said = ". ".join(t[0].upper() + t[1:] for t in told)
        picture = f"![{heading}: the same seconds without and with it](gallery/{kind}.webp)"
        page.append(f"## {heading}\n\n{look}\n\n{picture}\n\n**Found:** {said}.")
    (DOCS / "gallery.md").write_text("\n\n".join(page) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
