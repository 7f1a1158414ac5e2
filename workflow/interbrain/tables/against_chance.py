"""Columns of every table that compares an estimator with its circular shifts."""

from interbrain.tables.declaration import Column, Columns

AGAINST_CHANCE = Columns(
    (
        Column("value", "number", "The estimator's value, mean over windows, then over channel pairs"),
        Column(
            "chance",
            "number",
            "Mean of the same quantity after circular shifts of the client against the therapist",
        ),
        Column("chance_sd", "number", "Standard deviation over the circular shifts"),
        Column("above_chance", "number", "Value minus chance"),
        Column("z_chance", "number", "(value minus chance) / chance_sd"),
        Column(
            "p_chance",
            "number",
            "Share of shifts whose value is at least the observed one, (b + 1) / (m + 1), one-sided",
        ),
        Column(
            "n_pairs",
            "count",
            "Channel pairs in the ROI mean; pairs with an interpolated channel are left out",
        ),
        Column("n_windows", "count", "Windows kept, good in both members at once"),
        Column(
            "n_shifts",
            "count",
            "Circular shifts behind the chance level; fewer where few of the kept windows follow each other",
        ),
    )
)
