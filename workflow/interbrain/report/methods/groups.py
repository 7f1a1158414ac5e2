"""Methods: the tests of factors between dyads."""

from __future__ import annotations

from collections.abc import Iterator

from interbrain.report import words

from .run import Run


def groups(run: Run) -> Iterator[str]:
    """One stage of the statistics after another."""
    if not (between(run) or _within(run)):
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
    return run.get("statistics", "within", default=[])


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
    ss_type = "II" if run.stated("statistics", "sums_of_squares") == 2 else "III"
    yield (
        f"{words.listed(measures) or 'PLV'}{enters} were entered into a repeated-measures analysis of "
        "variance with "
        f"{' and '.join(kinds)}{shape}{adjusted}, by orthonormal contrasts with type {ss_type} sums of "
        "squares; where a within-dyad effect had more than one degree of freedom, p was corrected "
        f"({run.cite('GreenhouseGeisser1959')})."
    )
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
            "with the same levels of the other factors and, where a therapist is in several dyads, among "
            "therapists, or among each one's dyads for a factor that varies within therapists, "
            f"in all distinct ways or, where there are more, in {relabelings} random ones; over sites and "
            f"bands, the largest statistic controls the family-wise error ({run.cite('NicholsHolmes2002')})."
        )


def _spread(run: Run) -> Iterator[str]:
    alone = len(between(run)) == 1 and not _covariates(run)
    yield (
        "Because groups may differ in spread, which F and its permutation do not allow for, each factor was "
        f"also tested by Welch's analysis of variance ({run.cite('Welch1951')}"
        + ("" if alone else "; adjusted for the other terms, with a residual variance of each level")
        + f"), with HC3 standard errors ({run.cite('MacKinnonWhite1985')}), both with Satterthwaite's "
        f"degrees of freedom ({run.cite('PustejovskyTipton2018')}), and by a permutation of the studentised "
        f"statistic ({run.cite('ChungRomano2013')}). The conclusion rests on the first."
    )


def _therapists(run: Run) -> Iterator[str]:
    if run.sizes["therapists"] < run.sizes["dyads"]:
        yield (
            "Because dyads that share a therapist are not independent, each factor and its products were "
            f"also tested with cluster-robust errors over therapists (CR2, {run.cite('BellMcCaffrey2002')}; "
            f"{run.cite('PustejovskyTipton2018')}), and a factor of the therapist by Welch's test over the "
            "therapists' means as well. "
            + (
                "More than one therapist has several dyads: these tests decide, both being needed, and "
                "equivalence is judged by their errors."
                if run.sizes.get("therapists_decide")
                else "Only one therapist has several dyads, so the conclusion rests on the tests over dyads."
            )
        )


def _equivalence(run: Run) -> Iterator[str]:
    if bound := run.get("statistics", "equivalence", "d"):
        yield (
            f"Two one-sided tests ({run.cite('Lakens2017')}) asked whether an adjusted difference is smaller "
            f"than d = {bound:g}, the smallest that would matter, with Holm's correction over the pairs of "
            "levels; d is the difference in residual standard deviations of the model. Bayes factors use a "
            f"Cauchy prior of width .707 ({run.cite('Rouder2009')})."
        )
        yield (
            "Statistical power was computed for factors of two levels: the smallest difference that this "
            "study detects with 80% power, and the dyads that a new study needs for the end near zero of the "
            "60% interval "
            f"of the observed difference ({run.cite('Perugini2014')})."
        )


def _signal_to_noise(run: Run) -> Iterator[str]:
    """Signal-to-noise held constant, and with it what is reported as found."""
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
    joint = " and the joint test of all analyses" if run.get("multiverse") else ""
    yield (
        "A difference is reported as found where raw PLV and PLV above chance both showed it at p < .05, in "
        "the direction of the adjusted contrast, and as confirmed where the test that allows unequal spread "
        f"and the permutation test{joint} agreed. Where it did not reach p < .05 with SNR held constant, it "
        "is reported as not separable from signal-to-noise."
    )


def _mixed(run: Run) -> Iterator[str]:
    yield (
        "A linear mixed model with the therapist as a random effect (restricted maximum likelihood, degrees "
        f"of freedom of {run.cite('KenwardRoger1997')}) allows for therapists in several dyads, where it "
        "could be fitted; dyads that lack a value enter with those that they have."
    )
