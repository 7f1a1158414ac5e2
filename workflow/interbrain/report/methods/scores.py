"""Methods: correlations with questionnaire scores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from interbrain import apa
from interbrain.findings.scales import scales_of
from interbrain.report import words

from .run import Run

SHORT_REVISED = re.compile(r"wai[ _-]*sr|short[ -]+(form[ -]+)?revised|revised[ -]+short", re.IGNORECASE)
WHOLE_INVENTORY = 36  # items


def correlations(run: Run) -> Iterator[str]:
    forms = run.get("questionnaires", default={})
    differences = run.get("differences", default={})
    asked = [str(x) for x in run.sizes.get("scores") or run.get("statistics", "correlate", default=[])]
    for name in asked:
        if why := run.untested(f"score:{name}"):
            label = words.score(name, forms, differences)
            yield f"Correlations with {label} could not be computed: {why}."
    named = [name for name in asked if not run.untested(f"score:{name}")]
    if named:
        labels = [words.score(x, forms, differences) for x in named]
        labels[1:] = [f"a{x[1:]}" if x.startswith("Absolute ") else x for x in labels[1:]]
        by = (
            f", which was computed by {run.package('pingouin', 'pingouin', 'Vallat2018')}"
            if "pingouin" in run.packages
            else ""
        )
        measures = [words.measure(x, False) for x in run.get("statistics", "measures", default=[])]
        yield (
            f"{words.listed(labels)} {'was' if len(labels) == 1 else 'were'} correlated with "
            f"{words.listed(measures) or 'PLV'} at each site and band (Pearson). Each correlation has "
            f"Fisher's 95% interval and a Bayes factor{by}; p-values were corrected over the sites and bands "
            f"of one measure and score ({run.cite('Holm1979')})."
        )
        yield from _scales(run, named)
        if resamples := run.get("statistics", "bootstraps"):
            yield (
                "For each correlation, Spearman's correlation, the percentage bend correlation "
                f"({run.cite('Wilcox1994')}), a bootstrap interval (BCa, {resamples} resamples; "
                f"{run.cite('Efron1987')}), the range of r when any one dyad is left out, and the partial "
                "correlation given the logarithm of both members' band power were also computed."
            )
        if why := run.untested("snr of scores"):
            yield f"No correlation could be computed with SNR held constant: {why}."
        else:
            yield from _given_snr(run)
        if bound := run.get("statistics", "equivalence", "r"):
            yield f"Equivalence was tested against bounds of r = ±{apa.proportion(bound, 2)}."
        yield from _over_therapists(run)
    seed = run.get("seed")
    if seed is not None:
        yield f"Random numbers were derived from the seed {seed} and from the recordings' samples."


def _given_snr(run: Run) -> Iterator[str]:
    yield (
        "Each correlation was computed again as a partial correlation given the logarithm of 1 + SNR of "
        "both members at that site and band, with Holm's correction; a correlation that did not "
        "remain is reported as not separable from signal-to-noise."
    )


def _scales(run: Run, named: list[str]) -> Iterator[str]:
    """What the scores are made of."""
    forms = run.get("questionnaires", default={})
    differences = run.get("differences", default={})
    for name in dict.fromkeys(x.removesuffix("_absolute") for x in named):
        if name in differences:
            one, other = (words.form(form, forms) for form in differences[name])
            yield (
                f"{words.score(name, forms, differences)} is the total of “{one}” minus the total of "
                f"“{other}”."
            )
    of_score = {
        x: [form for form, _ in scales_of(x, list(forms), differences) if _is_wai(form, forms)] for x in named
    }
    wai = [words.score(x, forms, differences) for x in named if of_score[x]]
    if wai:
        every = "" if len(wai) == len(named) else f" ({words.listed(wai)})"
        own = dict.fromkeys(form for its_forms in of_score.values() for form in its_forms)
        yield f"The working alliance{every} was measured with {_inventory(run, list(own))}."


def _inventory(run: Run, wai: list[str]) -> str:
    """Which form of the Working Alliance Inventory, by the name that the config gives it and its items."""
    forms = run.get("questionnaires", default={})
    if all(SHORT_REVISED.search(str((forms.get(form) or {}).get("name") or form)) for form in wai):
        return f"the revised short form of the Working Alliance Inventory ({run.cite('HatcherGillaspy2006')})"
    items = {int(n) for form in wai if (n := run.sizes.get("items", {}).get(form))}
    short = len(items) == 1 and items != {WHOLE_INVENTORY}
    inventory = f"the Working Alliance Inventory ({run.cite('HorvathGreenberg1989')})"
    return f"a form of {items.pop()} items of {inventory}" if short else inventory


def _over_therapists(run: Run) -> Iterator[str]:
    """What decides where the dyads of several therapists are not independent."""
    if run.sizes.get("therapists_decide"):
        yield (
            "Because more than one therapist had several dyads, the conclusion rests on the slope of the "
            "measure on the score with cluster-robust errors over therapists (CR2; "
            f"{run.cite('BellMcCaffrey2002')}; {run.cite('PustejovskyTipton2018')})."
        )


def _is_wai(name: str, forms: Mapping[str, Mapping]) -> bool:
    """Whether a questionnaire is the Working Alliance Inventory, by the name that the config gives it."""
    given = (forms.get(name) or {}).get("name")
    if not apa.is_missing(given):
        return "working alliance" in str(given).lower() or "wai" in re.findall(r"[a-z]+", str(given).lower())
    return "wai" in str(name).lower().split("_")
