"""Methods: the other signals beside the EEG, before they are related to each other."""

from __future__ import annotations

from collections.abc import Iterator

from .run import Run


def signals(run: Run) -> Iterator[str]:
    """Nothing unless the study has a table of signals; `signals` of the sizes are the kinds recorded."""
    kinds = set(run.sizes.get("signals", ()))
    if not run.get("tables", "signals") or not kinds:
        return
    if kinds & {"eda", "ecg", "ppg", "respiration"}:
        toolbox = run.package("neurokit2", "NeuroKit2", "Makowski2021")
        yield f"Signals of the body were processed with {toolbox}."
    if "eda" in kinds:
        yield (
            "Skin conductance was low-pass filtered at 3 Hz and averaged to 4 Hz; its tonic and phasic parts "
            "were not separated. Values outside .05 to 100 µS, and values within 5 s of a change faster "
            "than 10 µS/s or to less than half or more than double within 0.5 s, were treated as missing."
        )
    if kinds & {"ecg", "ppg", "ibi"}:
        yield (
            "Heart beats were corrected for ectopic, missed and extra beats "
            f"({run.cite('LipponenTarvainen2019')}), and intervals between 0.27 and 2 s were resampled "
            "evenly at 4 Hz. A signal of which more than 20% of the beats had to be corrected was not used."
        )
    if "respiration" in kinds:
        yield "Respiration was band-pass filtered from 0.05 to 3 Hz, averaged to 10 Hz and standardised."
    if "motion" in kinds:
        yield (
            "Movement was the length of the change of acceleration per second, or motion energy as it was "
            "given, at no more than 25 Hz."
        )
    most = 100 * float(run.stated("signals", "max_missing_share"))
    yield (
        "Gaps of at most 1 s were bridged linearly; longer ones stayed missing. A signal that was flat or "
        f"clipped, or of which more than {most:g}% was missing, was not used. The client's signals "
        "were read at the therapist's instants, with the clocks of the EEG recordings."
    )
