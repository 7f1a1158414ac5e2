"""Methods: mains, bad channels, filters, independent components, muscle bursts, and what a person decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from interbrain import apa
from interbrain.report import words

from .run import Run


def _mains(frequency: float | Mapping[str, float]) -> str:
    if not isinstance(frequency, dict):
        return f"{frequency:g} Hz and its harmonics"
    each = (f"{frequency[role]:g} Hz ({role}s)" for role in ("therapist", "client"))
    return f"{' or '.join(each)} and the harmonics"


def _either(labels: Sequence[str]) -> str:
    """``a, b or c``."""
    return " or ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))


def cleaning(run: Run) -> Iterator[str]:
    cleaning = run.get("cleaning", default={})
    mne = run.package("mne", "MNE-Python", "Gramfort2013")
    if cleaning.get("sfreq"):
        yield (
            f"With {mne}, each continuous recording was resampled to {cleaning['sfreq']:g} Hz (polyphase)"
            + (
                f" and notch-filtered at {_mains(run.get('line_frequency'))}"
                if run.get("line_frequency")
                else ""
            )
            + "."
        )
    named = run.get("line_frequency")
    named = named.values() if isinstance(named, dict) else [named]
    mains = run.sizes.get("mains", {})
    others = {hz: n for hz, n in mains.items() if hz not in named}
    if others:
        told = words.listed(f"{hz:g} Hz in {words.counted(n, 'recording')}" for hz, n in others.items())
        yield f"Where the mains had another frequency, that frequency was removed ({told})."
    if "pyprep" in run.packages:
        yield (
            "Bad channels were detected in each recording with "
            f"{run.package('pyprep', 'PyPREP', 'PyPREP', 'BigdelyShamlo2015')}, without RANSAC and without "
            "its spectrum criterion, and with amplitudes assessed outside the alpha band; electrodes bridged "
            "by gel were detected from the power of their difference at 4–7 and 14–40 Hz "
            f"({run.cite('Tenke2001')}). All of them are listed in the table of exclusions."
        )
    yield "Recordings were re-referenced to the average of the good channels."


def components(run: Run) -> Iterator[str]:
    ica = run.get("cleaning", "ica", default={})
    if not ica.get("do"):
        yield "No independent component analysis was done."
    else:
        most = f"at most {ica['max_components']} " if ica.get("max_components") else ""
        yield (
            "A copy of each recording's good channels was filtered at 1–100 Hz and decomposed into "
            f"{most}independent components (fewer where its rank or length allowed no more) by extended "
            f"infomax with {run.package('python-picard', 'Picard', 'Ablin2018')}. They were labelled by "
            f"ICLabel with {run.package('mne-icalabel', 'MNE-ICALabel', 'PionTonachini2019', 'Li2022')}."
        )
        limits: dict = {}
        for label, limit in (ica.get("remove") or {}).items():
            limits.setdefault(limit, []).append(label)
        told = words.listed(
            f"{_either(labels)} with a probability of at least {apa.proportion(limit, 2)}"
            for limit, labels in limits.items()
        )
        if told:
            yield f"Components labelled {told} were removed; all others were kept."
    settings = run.get("cleaning", default={})
    if settings.get("highpass") is not None and settings.get("lowpass") is not None:
        yield (
            f"The recording was filtered at {settings['highpass']:g}–{settings['lowpass']:g} Hz (zero-phase "
            "FIR). Bad channels were then interpolated (spherical splines); they entered neither the average "
            "reference nor any PLV."
        )
    if run.get("cleaning", "muscle_db"):
        yield (
            "Residual bursts of muscle activity were marked: half-second blocks whose power between the "
            "mains frequency and its double (at most 95 Hz) exceeded the channel's own median by more than "
            f"{run.get('cleaning', 'muscle_db'):g} dB on average over the quarter of channels with the "
            "largest excess, and whose amplitude over the strongest quarter of channels was at least 3 µV "
            "RMS (for a band of 40 Hz). Below 10 µV, blocks in which all channels rose equally and "
            "independently, as amplifier noise does, were not marked."
        )
    yield (
        "Electrode pops (jumps by at least 0.4 mV at one electrode) were excluded, with the time over which "
        "the high-pass filter spreads them."
    )
    for lacking, count in run.sizes.get("not_judged", {}).items():
        what, _, why = lacking.partition(": ")
        yield (
            f"{what[0].upper()}{what[1:]} could not be judged in {count} of "
            f"{words.counted(run.sizes.get('recordings', 0), 'recording')}: {why}."
        )


def by_hand(run: Run) -> Iterator[str]:
    if count := run.sizes.get("by_hand", 0):
        yield (
            f"After inspection of the recordings, {words.counted(count, 'automatic decision')} "
            f"{'was' if count == 1 else 'were'} overruled by hand, each with a reason (table of decisions)."
        )
