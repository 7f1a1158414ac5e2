"""A recording's picture shows what cleaning did, says it in words, and is drawn however bad it is."""

import sys
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import matplotlib
import mne
import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from recording_stages import BIG_BLINK_S, BLINK_S, NAMES_16, make_stages, window_ledger

from interbrain.clocks import ClockFit
from interbrain.head import from_above
from interbrain.pictures import panels, write_summary
from interbrain.pictures.summary import MOST_BYTES, summary_figure


def said(stages) -> str:
    """All that the picture says."""
    figure = summary_figure(**stages.arguments())
    texts = [t.get_text() for t in figure.findobj(Text) if t.get_visible()]
    return "\n".join(text for text in texts if text)


def drawn(stages) -> Image.Image:
    output = stages.folder / "summary.webp"
    write_summary(output, **stages.arguments())
    assert output.stat().st_size <= MOST_BYTES
    return Image.open(output)


@pytest.mark.long
def test_a_picture_is_a_small_webp_with_the_same_bytes_whatever_the_persons_look(stages, monkeypatch):
    first, again = stages.folder / "1.webp", stages.folder / "2.webp"
    arguments = stages.arguments()
    write_summary(first, **arguments)
    monkeypatch.setitem(matplotlib.rcParams, "font.size", 30)
    monkeypatch.setitem(matplotlib.rcParams, "lines.linewidth", 9)
    write_summary(again, **arguments)
    assert first.read_bytes() == again.read_bytes()
    assert matplotlib.rcParams["font.size"] == 30
    picture = Image.open(first)
    assert picture.format == "WEBP" and picture.width == 1500
    assert not {"exif", "xmp", "icc_profile"} & set(picture.info)


def test_it_says_who_the_verdict_and_what_was_removed(stages):
    stages.account["Channels"][11] |= {"decision": "bad", "reason": "high-frequency noise", "by": "AB"}
    stages.ledger = window_ledger(60, therapist={2: "muscle"}, client={2: "amplitude, muscle", 5: "muscle"})
    text = said(stages)
    assert "C04, client of D04, pre   –   ✓ good   –   ICA converged   –   9 of 11 windows kept" in text
    assert "Nothing in this recording asks for a look." in text  # its partner's or a copy's may
    assert "✕ T8: high-frequency noise, by AB" in text and "1 of 16 bad" in text
    assert "Components: 1 of 6 removed, 12% of the variance" in text
    assert text.count("✕ removed") == 1 and text.count("○ kept") == 5 and "eye blink .98" in text
    assert "muscle\namplitude" in text or "amplitude\nmuscle" in text
    assert "2 here, 1 partner" in text and "1 here, 0 partner" in text and "9 of 11, 82%" in text
    assert "mains\n+21 dB" in text


def test_a_recording_to_look_at_says_why(stages):
    stages.look = ["3 of 16 channels are bad", "values are missing"]
    stages.account["IndependentComponents"]["Converged"] = False
    text = said(stages)
    assert "⚠ look   –   ICA did not converge" in text
    assert "Look, because 3 of 16 channels are bad; values are missing" in text


def test_the_partners_picture_has_the_halves_exchanged(stages):
    stages.ledger = window_ledger(60, client={2: "muscle", 5: "muscle"})
    stages.conversion["role"] = "therapist"
    assert "0 here, 2 partner" in said(stages)


def test_the_seconds_shown_are_those_where_most_was_removed_from_what_was_kept(stages):
    axes = summary_figure(**stages.arguments()).axes[0]
    first, last = axes.get_xlim()
    assert first < BIG_BLINK_S < last and not first < BLINK_S < last
    big = int((BIG_BLINK_S - 2) // 5)
    stages.ledger = window_ledger(60, therapist={big: "muscle"})
    first, last = summary_figure(**stages.arguments()).axes[0].get_xlim()
    assert first < BLINK_S < last


def test_the_client_is_shown_on_the_therapists_clock(stages):
    stages.clock = ClockFit(offset=30.0, drift_ppm=0.0, residual_ms=0.1, n_matched=9)
    stages.ledger = window_ledger(30)
    first, last = summary_figure(**stages.arguments()).axes[0].get_xlim()
    assert first < BIG_BLINK_S - 30 < last


def test_both_lines_show_the_same_signal_where_nothing_was_removed(stages):
    lines = summary_figure(**stages.arguments()).axes[0].get_lines()
    before, after = (
        next(line for line in lines if line.get_color() == colour and len(line.get_xdata()) > 2)
        for colour in (panels.BEFORE, panels.AFTER)
    )
    calm = np.abs(before.get_xdata() - BIG_BLINK_S) > 2
    assert np.corrcoef(before.get_ydata()[calm], after.get_ydata()[calm])[0, 1] > 0.8
    peak = np.abs(before.get_xdata() - BIG_BLINK_S) < 0.3
    assert before.get_ydata()[peak].max() > 3 * np.abs(after.get_ydata()[peak]).max()


def montage_names(count: int) -> list[str]:
    names = mne.channels.make_standard_montage("colin27_1005").ch_names
    strange = {"T3", "T4", "T5", "T6", "M1", "M2", "A1", "A2"}  # second names of other electrodes
    return [*NAMES_16, *(n for n in names if n not in (*NAMES_16, *strange))][:count]


def no_components(stages):
    stages.ica, stages.account["Components"] = None, []
    stages.account["IndependentComponents"] = {"Count": 0, "NotDone": "the config says so"}


def no_window_kept(stages):
    stages.ledger = window_ledger(60, client=dict.fromkeys(range(11), "amplitude"))


def by_hand(stages):
    stages.account["Channels"][0] |= {"by": "A" * 40, "reason": "looks $fine$ _to_ me " * 9}
    for component in stages.account["Components"]:
        component |= {"decision": "remove", "by": "MF", "reason": "seen"}
    stages.ledger["by"] = "MF"


def every_criterion(stages):
    words = "gap, flat, no good ROI channel, amplitude, muscle, autoreject, BAD_$x^, BAD_coughs and much more"
    stages.ledger = window_ledger(60, client={1: words}, therapist={1: words})


def without_mains(stages):
    stages.account |= {"NotchHz": []}
    stages.spectra = replace(stages.spectra, line_noise_db=None)


def many_windows(stages):
    stages.ledger = window_ledger(60, length_s=0.1, client=dict.fromkeys(range(0, 500, 3), "muscle"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return make_stages(tmp_path_factory.mktemp("stages"))


@pytest.fixture
def stages(whole, tmp_path):
    """For a test to change."""
    return replace(deepcopy(whole), folder=tmp_path)


CASES = [
    no_components, no_window_kept, by_hand, every_criterion, without_mains, many_windows,
]  # fmt: skip


@pytest.mark.long_but("no_window_kept")
@pytest.mark.parametrize("spoil", CASES, ids=lambda f: f.__name__)
def test_no_recording_is_too_bad_to_be_shown(stages, spoil):
    spoil(stages)
    drawn(stages)


@pytest.mark.long_but("names0-60-bad0-tells0")
@pytest.mark.parametrize(
    ("names", "seconds", "bad", "tells"),
    [
        (NAMES_16, 60, NAMES_16, ["16 of 16 bad", "+ 12 more", "Not done: 0 good channels", "no ICA"]),
        (NAMES_16, 60, NAMES_16[:5], ["5 of 16 bad", "+ 1 more"]),
        (montage_names(64), 30, ["TP9", "F5"], ["2 of 64 bad", "Windows: 0 of 5 dropped"]),
        (montage_names(256), 30, montage_names(256)[200:230], ["30 of 256 bad", "+ 26 more"]),
        (["Cz", "F3", "Fz", "F4", "C3", "C4"], 30, [], ["0 of 6 bad", "Not done"]),
        (NAMES_16, 15, [], ["15 s from the beginning", "0 of 2 dropped"]),
        (NAMES_16[3:9], 8, [], ["Windows: none, the recording is too short", "0 of 0 windows kept"]),
    ],
)
def test_every_size_of_recording_is_shown(tmp_path, names, seconds, bad, tells):
    stages = make_stages(tmp_path, names, seconds, bad)
    text = said(stages)
    assert all(words in text for words in tells)
    drawn(stages)


def test_the_picture_has_no_letters_that_the_font_lacks(stages, recwarn):
    by_hand(stages)
    stages.look = ["a reason"]
    drawn(stages)
    assert not [w for w in recwarn if "missing from font" in str(w.message)]


def test_positions_are_seen_from_above_with_the_nose_up():
    info = mne.create_info(["Fpz", "Oz", "T7", "T8", "Cz"], 100, "eeg").set_montage("colin27_1005")
    (fpz, oz, t7, t8, cz) = from_above(info)
    assert fpz[1] > 0.8 and oz[1] < -0.6 and t7[0] < -0.8 and t8[0] > 0.8
    assert np.hypot(*cz) < 0.15
    assert np.hypot(*from_above(info).T).max() < 1.05
