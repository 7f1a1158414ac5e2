"""Methods: the tests of factors between dyads."""

from __future__ import annotations

from collections.abc import Iterator

from interbrain.report import words

from .run import Run


def groups(run: Run) -> Iterator[str]:
    """One stage of the statistics after another."""
    factors = [*between(run), *_within(run)]
    factors += [_entering(run).repeated] if _entering(run).time == "factor" else []
    if not factors:
        return
    if why := run.untested("anova"):
        named = words.listed(words.WITHIN.get(x, words.spoken(x)) for x in factors)
        yield f"Differences by {named} could not be tested: {why}."
        return
    yield from _variance(run)
    if between(run):
        yield from _permutation(run)
        yield from _spread(run)
        yield from _therapists(run)
        yield from _equivalence(run)
        yield from _signal_to_noise(run)
        yield from _mixed(run)


def between(run: Run) -> list[str]:
    """The factors between dyads, by the config's spelling."""
    return run.get("statistics", "between", default=list(run.get("factors", default={})))


def _within(run: Run) -> list[str]:
    """Sites and bands as factors, without one of which a single level has values."""
    named = run.get("statistics", "within", default=[])
    tested = run.sizes.get("effects")
    return [name for name in named if name in tested] if tested else named


def _entering(run: Run) -> words.Entering:
    """How the times, or the tasks, enter the tests."""
    own = words.Entering(run.stated("statistics", "time"), tuple(run.get("times", default=[])))
    return run.sizes.get("entering") or own


def _covariates(run: Run) -> list[str]:
    covariates = [words.spoken(name) for name in run.get("statistics", "covariates", default=[])]
    entering = _entering(run)
    times = [words.spoken(time) for time in entering.times]
    if len(times) > 1 and entering.time == "ancova":
        covariates.insert(0, f"the dyad's mean at {times[0]}")
    return covariates


def _variance(run: Run) -> Iterator[str]:
    factors = [words.spoken(x) for x in between(run)]
    within = [words.WITHIN.get(x, words.spoken(x)) for x in _within(run)]
    measures = [words.measure(x) for x in run.get("statistics", "measures", default=[])]
    entering = _entering(run)
    times, time = [words.spoken(time) for time in entering.times], entering.time
    if time == "factor":
        within = [entering.repeated, *within]
    kinds = [f"{words.listed(factors)} between dyads"] if factors else []
    kinds += [f"{words.listed(within)} within dyads"] if within else []
    shape = ""
    if len(factors) > 1:
        full = run.stated("statistics", "interactions")
        shape = " (with their interactions)" if full else " (between factors as main effects only)"
    enters = ""
    if len(times) > 1:
        enters = {
            "mean": ", averaged over times,",
            "change": f", as the change from {times[0]} to {times[-1]},",
            "ancova": f" at {times[-1]}",
        }.get(time, "")
    adjusted = ""
    if covariates := _covariates(run):
        adjusted = f", and {words.listed(covariates)} as covariate{'s' if len(covariates) > 1 else ''}"
    corrected = ""
    if within:
        corrected = (
            "; where a within-dyad effect had more than one degree of freedom, p was corrected "
            f"({run.cite('GreenhouseGeisser1959')})"
        )
    ss_type = "II" if run.stated("statistics", "sums_of_squares") == 2 else "III"
    yield (
        f"{words.listed(measures) or 'PLV'}{enters} {'were' if len(measures) > 1 else 'was'} entered into "
        f"{'a repeated-measures' if within else 'an'} analysis of variance with {' and '.join(kinds)}{shape}"
        f"{adjusted}, by orthonormal contrasts with type {ss_type} sums of squares{corrected}."
    )
    if nobody := run.sizes.get("nobody"):
        yield f"No dyad had a value of {nobody}, which {'were' if ', ' in nobody else 'was'} not tested."
    if entering.of_cells:
        means = "Correlations used its mean over tasks. " if entering.repeated == "task" else ""
        yield (
            f"{entering.of_cells} {means}The tests against chance used the mean over tasks and times. Dyads "
            "without a recording of every task at every time were left out of all tests."
        )
    elif entering.repeated == "task":
        yield (
            "Where a task was recorded at several times, a dyad's value was the mean over them; correlations "
            "and the tests against chance used the mean over tasks."
        )
    elif (only := run.get("statistics", "task")) and len(set((run.sizes.get("tasks") or {}).values())) > 1:
        yield f"These tests used the recordings of the task {only} only."
    if of_fewer := run.sizes.get("of_fewer_times"):
        yield of_fewer
    yield (
        "Effect sizes are partial eta squared with an interval of the noncentral F, generalised eta squared "
        f"({run.cite('OlejnikAlgina2003')}) and omega squared. Pairs of levels were compared by estimated "
        f"marginal means, with Holm's correction ({run.cite('Holm1979')}) within an effect."
    )


def _permutation(run: Run) -> Iterator[str]:
    if relabelings := run.get("statistics", "relabelings"):
        yield (
            "Each factor between dyads was also tested by permutation: its labels were permuted among dyads "
            "with the same levels of the other factors, in all distinct ways or, where there were more than "
            f"{relabelings}, in {relabelings} random ones. At single sites and bands, the largest F controls "
            f"the family-wise error ({run.cite('NicholsHolmes2002')})."
        )
        if 1 < run.sizes["therapists"] < run.sizes["dyads"]:
            yield (
                "Because dyads share a therapist, labels were also permuted among therapists, or, "
                "for a factor that varies within therapists, among the dyads of each."
            )


def _spread(run: Run) -> Iterator[str]:
    alone = len(between(run)) == 1 and not _covariates(run)
    if why := run.untested("spread"):
        yield (
            "F and its permutation assume that groups have the same spread; a test that allows for unequal "
            f"spread could not be computed: {why}."
        )
        return
    yield (
        "F and its permutation assume that groups have the same spread. Each factor was therefore also "
        f"tested by Welch's analysis of variance ({run.cite('Welch1951')}"
        + ("" if alone else "; adjusted for the other terms, with a residual variance of each level")
        + f"), by the same model with HC3 standard errors ({run.cite('MacKinnonWhite1985')}), "
        f"both with Satterthwaite's degrees of freedom ({run.cite('PustejovskyTipton2018')}), and by a "
        f"permutation of the studentised statistic ({run.cite('ChungRomano2013')})."
        + ("" if run.sizes.get("therapists_decide") else " The conclusion rests on Welch's test.")
    )


def _therapists(run: Run) -> Iterator[str]:
    if run.sizes["therapists"] < run.sizes["dyads"] and (why := run.untested("therapists")):
        yield f"Tests with errors clustered by therapist could not be computed: {why}."
    elif run.sizes["therapists"] < run.sizes["dyads"]:
        yield (
            "Because dyads that share a therapist are not independent, each factor and its interactions with "
            "site, band and time were also tested with cluster-robust errors over therapists (CR2; "
            f"{run.cite('BellMcCaffrey2002')}; {run.cite('PustejovskyTipton2018')}). A factor on which all "
            "dyads of a therapist have the same level was also tested by Welch's test over the therapists' "
            "means. "
            + (
                "More than one therapist had several dyads, so the conclusion rests on these tests (the "
                "larger p where there are two), and the tests of equivalence use their standard errors."
                if run.sizes.get("therapists_decide")
                else "Only one therapist had several dyads, so the conclusion rests on the tests over dyads."
            )
        )


def _equivalence(run: Run) -> Iterator[str]:
    bound = run.get("statistics", "equivalence", "d")
    if bound and not run.untested("equivalence"):
        yield (
            f"Whether an adjusted difference is smaller than d = {bound:g}, the smallest that would matter, "
            f"was tested by two one-sided tests ({run.cite('Lakens2017')}) with Holm's correction over the "
            "pairs of levels; d is the difference divided by the residual standard deviation of the model. "
            f"Bayes factors use a Cauchy prior of width .707 ({run.cite('Rouder2009')})."
        )
    if run.sizes.get("detectable") is None or run.sizes["detectable"]:
        yield (
            "For factors of two levels, the smallest difference that this study could detect with 80% power "
            "was computed, as was the number of dyads with which a new study would have 80% power for the "
            f"end near zero of the 60% interval of the observed difference ({run.cite('Perugini2014')})."
        )


def _signal_to_noise(run: Run) -> Iterator[str]:
    """Signal-to-noise held constant, and with it what is reported as found."""
    if why := run.untested("snr"):
        yield (
            "No difference could be tested with the signal-to-noise ratio (SNR) of both members held "
            f"constant: {why}."
        )
    else:
        yield from _held_constant(run)
    measures = run.stated("statistics", "measures")
    both = {"plv", "above_chance"} <= set(measures)
    tests = [] if run.sizes.get("therapists_decide") else ["the test that allows for unequal spread"]
    tests += ["the permutation test", *(["the joint test of all analyses"] if run.get("multiverse") else [])]
    apart = (
        ""
        if run.untested("snr")
        else " A difference that did not reach p < .05 with SNR held constant is reported as not separable "
        "from signal-to-noise."
    )
    yield (
        "A difference is reported as found where "
        + (
            "both raw PLV and PLV above chance showed it at p < .05 in the same direction, by the adjusted "
            "contrast"
            if both
            else "it reached p < .05"
        )
        + f", and as confirmed where {words.listed(tests)} agreed.{apart}"
    )


def _held_constant(run: Run) -> Iterator[str]:
    averaged = ""
    if len(run.get("bands", default={})) > 1:
        averaged = (
            " in its own band, and the adjusted differences were averaged over bands, with the covariance of "
            f"the bands' residuals ({run.cite('Zellner1962')})"
        )
    yield (
        "Every difference was tested again with the signal-to-noise ratio (SNR) of both members held "
        "constant: the logarithm of 1 + SNR, which is band power over the 1/f background, was a covariate"
        f"{averaged}. SNR itself was compared between the groups, with Holm's correction over members and "
        "bands."
    )


def _mixed(run: Run) -> Iterator[str]:
    if run.sizes["therapists"] < run.sizes["dyads"]:
        yield (
            "In addition, a linear mixed model with random intercepts of therapist and of dyad was fitted "
            "where possible (restricted maximum likelihood, degrees of freedom of "
            f"{run.cite('KenwardRoger1997')}); dyads that lacked a value at a site, band or time entered it "
            "with the values that they had."
        )
