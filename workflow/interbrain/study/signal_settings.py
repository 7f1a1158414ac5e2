"""Settings of the other signals beside the EEG, and of what they have in common between the members."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, MinLen

from interbrain.study.declaring import Section, Unique, optional, setting
from interbrain.study.kinds import NotNegative, Positive

Measures = Annotated[list[str], MinLen(1), Unique()]


class SignalMultiverse(Section):
    """Levels of choices besides the study's own, all combined (docs/multiverse.md); null: none"""

    window_s: Annotated[list[Positive], MinLen(1), Unique()] = optional(
        "Further lengths of the windows that are correlated, s", without=[]
    )
    lag_s: Annotated[list[NotNegative], MinLen(1), Unique()] = optional("Further largest lags, s", without=[])
    measures: Measures = optional(
        "Further measures of every signal, such as susy_absolute; only such as may be a main result",
        without=[],
    )


class Signals(Section):
    """Other signals of both members (tables: signals), and their coordination"""

    max_missing_share: Annotated[float, Gt(0), Le(1)] = setting(
        0.25, "A signal is not used if a larger share of the recording is missing"
    )
    measures: dict[str, Measures] = setting(
        {}, "Measures of coordination by signal, e.g. eda: [wcc_absolute]; otherwise those of its kind"
    )
    window_s: Positive = setting(60, "Length of the windows that are correlated, s")
    step_s: Positive = setting(30, "Between the starts of two windows, s")
    lag_s: NotNegative = setting(5, "Largest lag, in both directions, s")
    detrend: Literal["none", "linear"] = setting("none", "What is taken out of each window first")
    n_shifts: Annotated[int, Ge(20)] = setting(200, "Circular shifts behind the chance level")
    min_shift_s: Positive = setting(60, "Smallest of these shifts, from both ends, s")
    stranger_shifts: Annotated[int, Ge(0)] = setting(
        50, "Circular shifts behind the chance level of each pair of strangers; 0: no strangers"
    )
    multiverse: SignalMultiverse | None = setting(
        None, SignalMultiverse.__doc__, "Name choices and their further levels, e.g. window_s: [30]."
    )
