"""Tables that are folded away: what to click on, and what to know of each before one reads it."""

from __future__ import annotations

# Tables that are folded away: what to click on, and what to know of each.
FOLDS = {
    "spread": "Groups of unequal spread",
    "presence": "Synchrony against zero, at each site and band",
    "means": "Estimated means",
    "contrasts": "Pairs of levels",
    "permutation": "Permutation tests",
    "equivalence": "Equivalence: can a difference be ruled out?",
    "therapists": "Several clients of a therapist",
    "mixed": "Mixed model",
    "power": "What this study could detect",
    "snr": "Signal-to-noise held constant",
    "robustness": "Robustness of the correlations",
    "reliability": "Reliability of the questionnaires",
}
ABOUT = {
    "spread": "F and its permutation test assume the same spread in all groups; where the smaller group "
    "varies more, they reject too often. Welch’s test, adjusted for the other terms of the model, has a "
    "variance for each level; a finding is confirmed only if it agrees. Beside it are HC3 standard errors "
    "with Satterthwaite’s degrees of freedom, which are conservative in small groups, and the permutation "
    "of a studentised statistic.",
    "presence": "Without synchrony, PLV above chance and above pseudo-dyads are zero on average. p (flips) "
    "is the share of sign flips of the dyads with at least the observed |t|; p (family) holds for all sites "
    "and bands together, by the largest |t|. All p are two-sided.",
    "means": "The model’s mean of each level, all other factors weighted equally, with its 95% interval.",
    "contrasts": "Adjusted differences of the model; d is the difference in residual standard deviations, "
    "and the same d is meant wherever the page shows one.",
    "permutation": "The labels of a factor are permuted among dyads with the same levels of the other "
    "factors; no distribution is assumed. Smallest p is the lowest that these relabelings could give, "
    "whatever the data. p (family) holds for all sites and bands together, by the largest statistic.",
    "equivalence": "Adjusted differences, with Holm’s correction over the pairs of a factor. p > .05 "
    "is not evidence of equivalence; that needs a 90% interval of d within the bounds (two one-sided tests, "
    "TOST). BF01 above 1 favours no difference.",
    "therapists": "Dyads that share a therapist are not independent. CR2 errors allow for whatever the dyads "
    "of one therapist have in common; a factor of the therapist is tested over the therapists’ means as "
    "well, by Welch’s test, and p is the larger of the two. Where more than one therapist has several dyads, "
    "these tests decide.",
    "mixed": "Dyads that share a therapist are not independent; this model allows for it with a random "
    "effect of the therapist. Degrees of freedom are Kenward and Roger’s. A dyad that lacks a value enters "
    "with those that it has.",
    "power": "Plan a study for the smallest difference that would matter, not for the observed one, which is "
    "an estimate from few dyads. The safeguard d, the end near zero of its 60% interval, is a cautious "
    "guess. N is the number of dyads in all, in equal groups, for 80% statistical power.",
    "snr": "With the same coupling, PLV is higher where the rhythms are stronger, and so is PLV above "
    "chance. Here the logarithm of the signal-to-noise ratio (SNR) of both members is held constant, that of "
    "each band in its own band. Rows with an empty “Given” test SNR itself. A difference that is not found "
    "here cannot be separated from a difference in signal-to-noise.",
    "robustness": "Spearman’s and the percentage bend correlation are robust to outliers; BCa is a bootstrap "
    "interval of r; the lowest and highest r are those with one dyad left out; the partial r holds the band "
    "power of both members constant. Equivalence: is r shown to lie within the bounds that the "
    "configuration names?",
    "reliability": "A score with a low α cannot correlate highly with anything.",
}
