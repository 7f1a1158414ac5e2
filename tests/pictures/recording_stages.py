"""One recording with blinks as the stages leave it: raw, cleaned, its components, its account, its ledger."""

from dataclasses import dataclass, field
from pathlib import Path

import mne
import numpy as np
import pandas as pd

from interbrain.clocks import ClockFit
from interbrain.quality.spectra import SiteSpectra
from interbrain.tables.windows import LEDGER

NAMES_16 = ["Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P3", "Pz", "P4", "Oz"]
ROIS = {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]}
LIMITS = {"eye blink": 0.8, "muscle artifact": 0.8}
BLINK_S, BIG_BLINK_S = 12.0, 49.5
LABELS = ("eye blink", "muscle artifact", "brain", "other")


@dataclass
class Stages:
    """What the picture is drawn from; a test changes what it is about."""

    folder: Path
    raw: object
    cleaned: object
    ica: object
    account: dict
    ledger: pd.DataFrame
    spectra: SiteSpectra
    conversion: dict = field(
        default_factory=lambda: {"participant": "C04", "dyad": "D04", "time": "pre", "role": "client"}
    )
    clock: ClockFit = field(default_factory=ClockFit.identity)
    look: list = field(default_factory=list)
    rois: dict = field(default_factory=lambda: ROIS)

    def arguments(self) -> dict:
        """Write the files, and give what `summary_figure` takes."""
        paths = {name: self.folder / f"{name}.fif" for name in ("raw_eeg", "clean_eeg", "ica")}
        self.raw.save(paths["raw_eeg"], overwrite=True, verbose="error")
        self.cleaned.save(paths["clean_eeg"], overwrite=True, verbose="error")
        if self.ica is None:
            paths["ica"].write_bytes(b"")
        else:
            self.ica.save(paths["ica"], overwrite=True, verbose="error")
        return {
            **{"recording": paths["raw_eeg"], "cleaned": paths["clean_eeg"], "ica": paths["ica"]},
            **{name: getattr(self, name) for name in ("account", "conversion", "ledger", "clock", "look")},
            "spectra": self.spectra,
            **{"rois": self.rois, "cap_map": {}},
        }


def window_ledger(seconds: float, length_s: float = 5.0, **failed) -> pd.DataFrame:
    """Every window kept, but for `therapist` and `client`: mapping window -> criteria."""
    starts = np.arange(2.0, seconds - 2 - length_s + 1e-9, length_s)
    rows = []
    for number, start in enumerate(starts):
        why = {role: failed.get(role, {}).get(number) for role in ("therapist", "client")}
        said = " and ".join(f"{role}: {text}" for role, text in why.items() if text)
        rows.append(
            {
                **{"window": number, "start_s": start, "stop_s": start + length_s, "client_start_s": start},
                **{"kept": int(not said), "reason": said or None, "by": "automatic"},
                **{f"{role}_criteria": text for role, text in why.items()},
                **{f"{role}_peak_to_peak_uv": 60.0 for role in why},
            }
        )
    return pd.DataFrame(rows, columns=LEDGER.names)


def make_stages(folder: Path, names=NAMES_16, seconds=60.0, bad=(), sfreq=500.0) -> Stages:
    """Brain, and blinks that a component holds, at twice the cleaned sampling rate."""
    rng = np.random.default_rng(5)
    info = mne.create_info(list(names), sfreq, "eeg").set_montage("colin27_1005")
    times = np.arange(round(seconds * sfreq)) / sfreq
    place = np.array([c["loc"][:3] for c in info["chs"]])
    front = np.exp(-((place[:, 1] - place[:, 1].max()) ** 2) / 0.04**2)
    brain = mne.filter.filter_data(
        rng.standard_normal((len(names), len(times))), sfreq, 4, 30, verbose="error"
    )
    blinks = np.zeros(len(times))
    for at, size in ((BLINK_S, 1.0), (BIG_BLINK_S, 1.8)):
        blinks += size * np.exp(-((times - at) ** 2) / (2 * 0.08**2))
    drift = 40e-6 * np.sin(times / 9)
    mixed = 8e-6 * (np.eye(len(names)) + 0.4 * rng.standard_normal((len(names),) * 2)) @ brain
    good = [i for i, name in enumerate(names) if name not in bad]
    raw = mne.io.RawArray(mixed + 90e-6 * np.outer(front, blinks) + drift, info, verbose="error")
    prepared = raw.copy().resample(sfreq / 2, method="polyphase", verbose="error")
    prepared.filter(1, 40, verbose="error")
    ica, components = None, []
    if len(good) >= 8:
        prepared.info["bads"] = list(bad)
        prepared.set_eeg_reference("average", projection=False, verbose="error")
        fitted = prepared.copy().pick([names[i] for i in good])
        ica = mne.preprocessing.ICA(
            6, method="picard", fit_params={"extended": True, "ortho": False}, random_state=1, verbose="error"
        ).fit(fitted, verbose="error")
        trace = mne.filter.resample(blinks, down=2)[: fitted.n_times]
        sources = ica.get_sources(fitted).get_data()
        eye = int(np.argmax([abs(np.corrcoef(source, trace)[0, 1]) for source in sources]))
        others = iter(("muscle artifact", "brain", "brain", "other", "brain"))
        for k in range(6):
            label, probability = ("eye blink", 0.98) if k == eye else (next(others), 0.7)
            components.append(
                {
                    **{"component": f"IC{k:02d}-7f2a", "label": label, "probability": probability},
                    **{"probabilities": {}, "variance_percent": 20.0 - k, "by": "automatic"},
                    "decision": "remove" if k == eye else "keep",
                    "reason": "eye blink at 0.98, limit 0.8" if k == eye else "",
                }
            )
        ica.exclude = [eye]
        cleaned = prepared.copy()
        cleaned._data[good] = ica.apply(fitted, verbose="error").get_data()
    else:
        cleaned = prepared
    cleaned.info["bads"] = []
    frequency = np.arange(1, 100.5, 0.5)
    about = {
        **{"Method": "picard, extended", "Count": 6, "Rank": 15, "Converged": True, "Iterations": 87},
        **{"Decomposition": "7f2a", "RemoveAbove": LIMITS, "NotDone": None, "VarianceRemovedPercent": 12.3},
    }
    if ica is None:
        about = {"Count": 0, "NotDone": f"{len(good)} good channels are too little"}
    account = {
        **{"SamplingFrequency": sfreq / 2, "HighpassHz": 1, "LowpassHz": 40, "NotchHz": [50.0, 100.0]},
        **{"ChannelCount": len(names), "GapSeconds": 0.0, "MuscleSeconds": 3.5},
        "BadChannels": {name: "flat" for name in names if name in bad},
        "Channels": [
            {
                **{"channel": name, "decision": "bad" if name in bad else "good", "by": "automatic"},
                "reason": "flat" if name in bad else "",
            }
            for name in names
        ],
        **{"IndependentComponents": about, "Components": components},
        **{"ComponentsAsked": True, "SlowChannelsDb": {}},
    }
    before = 20 - 15 * np.log10(frequency)
    spectra = SiteSpectra(frequency, before, before - np.maximum(frequency - 40, 0), 21.3)
    return Stages(folder, raw, cleaned, ica, account, window_ledger(seconds), spectra)
