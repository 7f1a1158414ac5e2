"""How the report writes names and lists; numbers are written by `apa`, whole APA lines come from the tables.

Only formatting: nothing here knows a table or a rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from interbrain import apa
from interbrain.coordination.registry import MEASURES as COORDINATION
from interbrain.coordination.registry import named_in
from interbrain.metrics.registry import METRICS
from interbrain.statistics.notes import sentences_of
from interbrain.words import listed as listed

TIMES = "×"
# What a name in small letters may stand for: headings have it in capitals, wherever it stands in the name.
ACRONYMS = {
    "aec",
    "ecg",
    "eda",
    "eeg",
    "emg",
    "eog",
    "hrv",
    "ibi",
    "isi",
    "plv",
    "rmssd",
    "snr",
    "wai",
    "wcc",
}
WITHIN = {"roi": "site"}  # what the tables call roi, the page calls site
MEASURES = {
    "plv": "Raw PLV", "above_chance": "PLV above chance", "above_pseudo": "PLV above pseudo-dyads",
    "zero_lag": "PLV at zero lag above far lags",
    "log_snr_therapist": "Log SNR, therapist", "log_snr_client": "Log SNR, client",
}  # fmt: skip
ESTIMATORS = {name: estimator.short for name, estimator in METRICS.items()}
# What a series that is compared between the members is of; one with a name of its own keeps it.
SIGNALS = {
    "brain": "Brains", "eda": "Skin conductance", "ibi": "Heart",
    "respiration": "Respiration", "motion": "Movement", "pitch": "Pitch", "gaze": "Gaze", "affect": "Affect",
}  # fmt: skip
# Ends of columns of coordination; without an end said, it is above chance.
OTHER_ENDS = {"_above_pseudo": ", above strangers", "_z_chance": ", in SDs above chance"}
CURVES = {"plv": "PLV", "aec": "Amplitude correlation (AEC)"}  # over lags
# Ends of a further estimator's measures.
ENDS = {
    "above_chance": "above chance",
    "z_chance": "in SDs above chance",
    "above_pseudo": "above pseudo-dyads",
}


def spoken(name: str) -> str:
    """A column or level name as words: ``face_to_face`` becomes ``face to face``."""
    return str(name).replace("_", " ")


def heading(name: str) -> str:
    """A name at the head of a column, a card or a figure: ``isi_change`` as ``ISI change``."""
    text = " ".join(word.upper() if word in ACRONYMS else word for word in spoken(name).split(" "))
    return text[:1].upper() + text[1:]


def measure(name: str, start: bool = True) -> str:
    """A measure's name, to stand at the start of a line or, with ``start=False``, inside a sentence."""
    end = next((end for end in ENDS if name.endswith(f"_{end}")), "")
    own = name.removesuffix(f"_{end}") if end else name
    estimator = ESTIMATORS.get(own, spoken(own))
    if estimator.islower():
        estimator = heading(estimator)
    text = MEASURES.get(name, f"{estimator} {ENDS.get(end, '')}".strip())
    return text if start or text[1:2].isupper() else text[:1].lower() + text[1:]


def questionnaire(name: str, known: Iterable[str] = ()) -> str:
    """``wai_difference`` becomes ``WAI difference`` if `known` names a questionnaire ``wai`` or ``wai_t``."""
    if str(name).endswith("_absolute"):
        return f"Absolute {questionnaire(str(name).removesuffix('_absolute'), known)}"
    first, _, rest = str(name).partition("_")
    abbreviations = {short for short in (str(one).partition("_")[0] for one in known) if len(short) < 5}
    return f"{first.upper()} {spoken(rest)}".strip() if first in abbreviations else heading(name)


def form(name: str, forms: Mapping[str, Mapping]) -> str:
    """A questionnaire as the config names it; its key where the config gives no name."""
    given = (forms.get(name) or {}).get("name")
    return str(given) if not apa.is_missing(given) else questionnaire(name, tuple(forms))


def scale(name: str, subscale: str, forms: Mapping[str, Mapping]) -> str:
    """A scale of a questionnaire; of one without a key, whose table holds one score, the bare name."""
    own = forms.get(name) or {}
    if apa.is_missing(own.get("name")):
        return questionnaire(f"{name}_{subscale}", tuple(forms))
    bare = subscale == "total" and apa.is_missing(own.get("key"))
    return str(own["name"]) if bare else f"{own['name']}: {spoken(subscale)}"


def score(name: str, forms: Mapping[str, Mapping], differences: Mapping[str, Sequence[str]]) -> str:
    """A score: of a questionnaire as the config names it, of a difference or a column by its own name."""
    if str(name).removesuffix("_absolute") not in differences:
        for one in sorted(map(str, forms), key=len, reverse=True):
            if name == one:
                return form(one, forms)
            if str(name).startswith(f"{one}_"):
                return scale(one, str(name).removeprefix(f"{one}_"), forms)
    if named_in(str(name)):
        return coordination_column(name)
    return questionnaire(name, tuple(forms))


def difference_of(name: str, forms: Mapping[str, Mapping], differences: Mapping[str, Sequence[str]]) -> str:
    """What a score of `differences` is, in the config's order; empty for any other score."""
    pair = differences.get(str(name).removesuffix("_absolute"))
    if not pair:
        return ""
    one, other = (form(each, forms) for each in pair)
    if str(name).endswith("_absolute"):
        return f"The difference between the totals of “{one}” and “{other}”, without its sign."
    return f"The total of “{one}” minus the total of “{other}”."


def effect(name: str) -> str:
    return f" {TIMES} ".join(heading(WITHIN.get(part, part)) for part in str(name).split(":"))


def levels(name: str) -> str:
    """``yes:frontal`` as ``yes, frontal``."""
    return apa.NOT_AVAILABLE if apa.is_missing(name) else ", ".join(map(spoken, str(name).split(":")))


def difference(comparison: str) -> str:
    """``yes - no`` as ``yes minus no``."""
    return apa.NOT_AVAILABLE if apa.is_missing(comparison) else spoken(comparison).replace(" - ", " minus ")


def cell(roi: str, band: str) -> str:
    """One site and band, for example ``central alpha``."""
    return f"{spoken(roi)} {spoken(band)}"


def signal(name: str) -> str:
    """A kind of signal as the page names it; one that the study named keeps its name."""
    return SIGNALS.get(str(name), heading(name))


def coordination(measure: str) -> str:
    """A measure of coordination, as figures and sentences name it."""
    known = COORDINATION.get(str(measure))
    return known.short if known else spoken(measure)


def coordination_column(name: str) -> str:
    """A column of the aggregated dataset that holds coordination, by signal and measure."""
    known = named_in(str(name))
    if known is None:
        return heading(str(name).removesuffix("_above_chance"))
    signal_, measure_, end = known
    return series(signal_, measure_) + OTHER_ENDS.get(end, "")


def series(name: str, measure: str, band: str = "all", roi: str = "all") -> str:
    """A series over time: ``Brains: PLV, frontal theta`` or ``Movement: cross-lagged correlation``."""
    if name != "brain":
        return f"{signal(name)}: {coordination(measure)}"
    where = "" if (band, roi) == ("all", "all") else f", {cell(roi, band)}"
    return f"{signal(name)}: {ESTIMATORS.get(measure, spoken(measure))}{where}"


def page_of(dyad: str) -> str:
    """The name of the file that is a dyad's page."""
    return f"dyad-{dyad}.html"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def counted_as(numbers: str, singular: str) -> str:
    """``1 shift``, ``3 shifts``, ``1 to 3 shifts``: a number or a range of numbers, which is written."""
    return f"{numbers} {singular}{'' if numbers == '1' else 's'}"


def floor(p: float | None) -> str:
    """The smallest p that a test could give: ``.100``, and ``1`` where no relabeling differs."""
    return "1" if p is not None and p > 1 - 1e-9 else apa.bare_p(p)


def sentences(note: str) -> str:
    """A note of a table as sentences of the page, each with its capital and its full stop.

    Examples
    --------
    >>> sentences("2 dyads are too few. without D01: no PLV")
    '2 dyads are too few. Without D01: no PLV.'
    """
    told = (one.strip().removesuffix(".") for one in sentences_of(str(note)))
    return " ".join(f"{one[:1].upper()}{one[1:]}." for one in told if one)


def too_few(count: float, singular: str) -> str:
    """``1 therapist is too few``, ``3 therapists are too few``."""
    return f"{counted(int(count), singular)} {'is' if count == 1 else 'are'} too few"


@dataclass(frozen=True)
class Entering:
    """How the times enter the tests, in words: `time` of the config's statistics, and the times' names.

    `fewer` are the dyads that have some of the times only: (dyad, its times). Where tasks are compared,
    `time` is factor, and the tasks take the place of the times: `repeated` is task.

    Where tasks are crossed with times, `across` are the levels of the one that is not tested, over which each
    dyad's values were averaged; or with `interaction`, of which the last minus the first was taken.
    """

    time: str
    times: tuple
    fewer: tuple = ()
    repeated: str = "time"
    across: tuple = ()
    interaction: bool = False

    @property
    def _first_and_last(self) -> tuple[str, str]:
        return (spoken(self.times[0]), spoken(self.times[-1])) if self.times else ("first", "last")

    @property
    def change(self) -> bool:
        return self.time == "change" or self.interaction

    @property
    def tested(self) -> str:
        """What factors and scores were tested on, inside a sentence."""
        if not self.change:
            return "PLV"
        times = self.across if self.interaction else self.times
        return (
            f"the change of PLV ({spoken(times[-1])} minus {spoken(times[0])})"
            if times
            else "the change of PLV"
        )

    @property
    def given_snr(self) -> str:
        """What is held constant with signal-to-noise, inside a sentence."""
        return f"both members’ {'change of ' if self.change else ''}log SNR"

    @property
    def of_cells(self) -> str:
        """What a dyad's value of a task, or of a time, is where the two are crossed; else nothing."""
        if not self.across:
            return ""
        if self.interaction:
            last, first = spoken(self.across[-1]), spoken(self.across[0])
            return (
                f"Each dyad's value of a task was the change, {last} minus {first}, so that a difference "
                "between tasks is the interaction of time and task."
            )
        return f"Each dyad's value of a {self.repeated} was its mean over {listed(map(spoken, self.across))}."

    @property
    def value(self) -> str:
        """What one dyad's mark is, for example ``its mean over pre and post``."""
        first, last = self._first_and_last
        if self.interaction:
            ends = f"{spoken(self.across[-1])} minus {spoken(self.across[0])}"
            return f"its change, {ends}, averaged over {listed(map(spoken, self.times))}"
        if len(self.times) < 2:
            return f"its mean over {listed(map(spoken, self.across))}" if self.across else "its value"
        return {
            "change": f"its change, {last} minus {first}",
            "ancova": f"its value at {last} (the tests adjust for {first})",
            "factor": f"its mean over {listed(map(spoken, self.times))} (in the tests, {self.repeated} is a "
            "factor)",
        }.get(self.time, f"its mean over {listed(map(spoken, self.times))}")

    @property
    def sentence(self) -> str:
        """What was tested; nothing where there is one time only."""
        first, last = self._first_and_last
        if len(self.times) < 2:
            return f"{self.of_cells} {self.of_fewer}".strip()
        tested = {
            "change": f"The change of each dyad was tested, {last} minus {first}.",
            "ancova": f"Each dyad's value at {last} was tested, with that at {first} as a covariate.",
            "factor": f"{heading(self.repeated)} ({listed(map(spoken, self.times))}) is a factor within "
            "dyads.",
        }.get(self.time, f"Each dyad's mean over {listed(map(spoken, self.times))} was tested.")
        return " ".join(filter(None, [tested, self.of_cells, self.of_fewer]))

    @property
    def of_fewer(self) -> str:
        """What becomes of the dyads that have some of the times only; empty if every dyad has all."""
        if not self.fewer:
            return ""
        named = listed(f"{dyad} ({listed(map(spoken, times))})" for dyad, times in self.fewer)
        one = len(self.fewer) == 1
        who = (
            f"{counted(len(self.fewer), 'dyad')} {'has' if one else 'have'} fewer {self.repeated}s: {named}."
        )
        if self.across:
            lack = f"{counted(len(self.fewer), 'dyad')} {'lacks' if one else 'lack'}"
            who = f"{lack} a recording of a task at a time"
            has = listed(f"{dyad} has {listed(map(spoken, times))} only" for dyad, times in self.fewer)
            return f"{who} ({has}) and {'is' if one else 'are'} left out of the tests."
        its = "its" if one else "their"
        return {
            "change": f"{who} A dyad without the first or the last time is left out.",
            "ancova": f"{who} A dyad without the first or the last time is left out.",
            "factor": f"{who} The mixed model and the correlations use what there is; the other tests leave "
            f"{'it' if one else 'them'} out.",
        }.get(self.time, f"{who} The mean over the recordings that there are is {its} value.")

    def label(self, name: str, start: bool = True) -> str:
        """A measure's name on an axis or in a sentence, as what enters: ``Change of raw PLV``."""
        return (
            f"{'C' if start else 'c'}hange of {measure(name, False)}" if self.change else measure(name, start)
        )
