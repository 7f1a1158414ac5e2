"""Methods: pairs of channels, other analysis choices, and which choices are this laboratory's own."""

from __future__ import annotations

from collections.abc import Iterator

from interbrain.report import words

from .run import Run


def channel_pairs(run: Run) -> Iterator[str]:
    if not run.get("statistics", "channel_pairs"):
        return
    between = run.get("statistics", "between", default=list(run.get("factors", default={})))
    others = ["the other factors"] if len(between) > 1 else []
    others += ["the covariates"] if run.get("statistics", "covariates") else []
    beside = f" adjusted for {words.listed(others)}," if others else ""
    groups = (
        f", each factor by the difference between its levels,{beside} with a residual variance of each level "
        "(under relabelings within the levels of the other factors, and under sign flips of the residuals of "
        f"the model without the factor, {run.cite('Winkler2014')}, which allow unequal spread; the larger p "
        "counted)"
    )
    scores = (
        ", and each score by Pearson's r (under permutations of the score, and under sign flips of the "
        "values less their mean; the larger p counted)"
    )
    sites = ", and every pair of sites," if run.has_several("rois") else ""
    yield (
        "As an exploratory analysis, every pair of a channel of the therapist and a channel of the client"
        f"{sites} was tested with the mean over times: values above chance against zero by "
        f"sign flips{groups if between else ''}{scores if run.sizes.get('scores') else ''}. The largest |z| "
        "over all pairs and bands (z having the p of t) controlled the family-wise error of each test "
        f"({run.cite('NicholsHolmes2002')}). Clusters of neighbouring pairs with p < .01 were tested by the "
        f"sum of their |z| ({run.cite('MarisOostenveld2007')}); two pairs were neighbours if they shared one "
        "member's channel and the other member's two channels were neighbours on the head (Delaunay "
        "triangulation). A pair with an interpolated channel was missing in that dyad. Pairs were tested if "
        "at least half of the dyads and four of them had them (for a factor, half of each level's dyads and "
        "three)."
    )
    if run.sizes.get("unit_of_pairs") == "therapist":
        yield (
            "Because several therapists had more than one dyad, therapists were the units, each with the "
            "mean of their dyads; for a factor that differed within a therapist, dyads were exchanged within "
            "therapists."
        )


def multiverse(run: Run) -> Iterator[str]:
    grid = run.get("multiverse", default={})
    if not grid:
        return
    analyses = run.sizes.get("analyses", 0)
    count = f" ({analyses} analyses)" if analyses else ""
    names = {"length_s": "window length", "rois": "sites", "correction": "handling of chance"}
    choices = [names.get(name, words.spoken(name)) for name in grid]
    relabelings = run.get("statistics", "relabelings")
    most = f"at most {relabelings} " if relabelings else ""
    yield (
        f"The analysis was repeated under every combination{count} of further choices of "
        f"{words.listed(choices)}, on the dyads' means over sites and bands. The median effect, the share "
        f"with p < .05 and Stouffer's z of all analyses were tested jointly ({run.cite('Simonsohn2020')}) by "
        f"{most}relabelings of the dyads, the same in every analysis, which compared studentised effects "
        "(HC3)."
    )


def signal_multiverse(run: Run) -> Iterator[str]:
    grid = run.get("signals", "multiverse", default={})
    if not grid or not run.get("tables", "signals"):
        return
    names = {"window_s": "window length", "lag_s": "largest lag", "measures": "measure"}
    choices = [name for key, name in names.items() if grid.get(key)]
    relabelings = run.get("statistics", "relabelings")
    by = run.get("statistics", "between", default=list(run.get("factors", default={})))
    groups = " and between groups, under relabelings of the dyads" if by else ""
    yield (
        "Coordination of each signal was computed again under every combination of further choices of "
        f"{words.listed(choices)}, only with measures whose chance level was right in every simulated "
        f"situation. Values above chance were tested against zero{groups}; the median effect, the share with "
        "p < .05 and Stouffer's z of all combinations were tested jointly by "
        f"{f'at most {relabelings} ' if relabelings and by else ''}sign flips"
        f"{' or relabelings' if by else ''}, the same in every analysis ({run.cite('Simonsohn2020')})."
    )


def own_choices(run: Run) -> Iterator[str]:
    yield (
        "The following choices are defaults of Interbrain or this laboratory's own, and are not prescribed "
        "by a published protocol: the channels of each site, the band edges, the sampling rate and filter, "
        "the reference, which components are removed, the limit of muscle bursts, the window length and its "
        "rejection limits, the number and least size of the circular shifts, the limits on the clocks, and "
        "how the times enter the model. All of them are in the study's configuration."
    )
