"""One recording with every kind of artefact at known places and times, cleaned once for all tests."""

from hashlib import sha1
from types import SimpleNamespace

import pytest

from interbrain.cleaning import clean, components
from interbrain.simulate import Artifacts, Member, simulate_recording

LABELS = ["eye blink", "muscle artifact", "heart beat", "line noise", "channel noise"]
ROIS = {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]}
SETTINGS = {
    "sfreq": 250,
    "highpass": 1,
    "lowpass": 40,
    "line_frequency": 50,
    # Half of the default: the fit takes a sixth of the time, and eyes and muscles are among them.
    "ica": {"do": True, "max_components": 15, "remove": dict.fromkeys(LABELS, 0.8)},
    "muscle_db": 6,
    "seed": [1],
}
# For what no component decides: the decomposition takes most of the time.
FILTERS_ONLY = {**SETTINGS, "ica": {**SETTINGS["ica"], "do": False}}
FEW_COMPONENTS = {**SETTINGS, "ica": {**SETTINGS["ica"], "max_components": 8}}
PLANTED = Artifacts(
    blinks_per_minute=14,
    saccades_per_minute=3,
    muscle_bursts_per_minute=4,
    drift_uv=20,
    flat=["P7"],
    noisy=["CP5"],
    loose=["O1"],
    bridged=[("P4", "P8")],
)


def hand(what, item, decision, by="AB", reason="seen in the picture"):
    """A row of the study's table of decisions, as a job gets it."""
    return {"what": what, "item": item, "decision": decision, "by": by, "reason": reason}


@pytest.fixture(scope="package", autouse=True)
def fits():
    """Samples that were fitted before are not fitted again: tests that differ in decisions share a fit."""
    fitted, kept = components._fitted, {}

    def once(judged, *how):
        key = sha1(judged.get_data().tobytes()).digest(), judged.info["sfreq"], *judged.ch_names, *how
        if key not in kept:
            kept[key] = fitted(judged, *how)
        ica, probabilities = kept[key]
        return ica.copy(), probabilities.copy()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(components, "_fitted", once)
        yield kept


@pytest.fixture(scope="package")
def planted():
    return simulate_recording(Member(artifacts=PLANTED, mains_uv=30), seed=[3], duration_s=100)


@pytest.fixture(scope="package")
def undone(planted):
    """What was planted and what cleaning made of it."""
    return SimpleNamespace(planted=planted, cleaned=clean(planted.raw, **SETTINGS))
