"""All tables of the derivatives, for whoever reads or describes every one of them."""

from interbrain.tables import (
    channel_pairs,
    coded_events,
    coordination,
    decisions,
    directed,
    event_statistics,
    findings,
    group,
    lag_statistics,
    lags,
    mediation,
    multiverse,
    pseudodyads,
    signal_multiverse,
    signal_statistics,
    signal_strangers,
    signal_variants,
    signals,
    single_windows,
    synchrony,
    variants,
    windows,
    within_brain,
)
from interbrain.tables.declaration import Table, by_family
from interbrain.tables.of_analysis import OF_ANALYSIS

OF_DYADS: dict[str, Table] = by_family(
    windows,
    synchrony,
    single_windows,
    within_brain,
    directed,
    lags,
    coordination,
    signals,
    coded_events,
    variants,
    signal_variants,
    decisions,
)
# Only of studies with other signals than the EEG.
OF_COORDINATION: dict[str, Table] = signal_statistics.OF_SIGNALS | {
    **signal_statistics.OVER_LAGS,
    "coordination": coordination.COORDINATION,
    "signalquality": signals.QUALITY,
}
OF_STUDY: dict[str, Table] = (
    by_family(group, pseudodyads)
    | OF_ANALYSIS
    | by_family(lag_statistics, event_statistics, mediation, multiverse, findings)
    | OF_COORDINATION
    | signal_multiverse.OF_SIGNAL_MULTIVERSE
    | {
        "signalstrangers": signal_strangers.STRANGERS,
        "decisions": decisions.DECISIONS,
        "pairtests": channel_pairs.PAIR_TESTS,  # `channelpairs` is the table of their means
        "pairclusters": channel_pairs.PAIR_CLUSTERS,
    }
)
