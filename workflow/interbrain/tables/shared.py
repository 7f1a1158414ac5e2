"""Columns that tables of several stages have, with one meaning."""

from interbrain.tables.declaration import Column, Columns

SHARED = Columns(
    (
        Column("dyad", "label", "The dyad"),
        Column("therapist", "label", "The therapist, who may be in several dyads"),
        Column("client", "label", "The client"),
        Column("participant", "label", "The person"),
        Column("role", "text", "Role in the dyad: therapist or client"),
        Column("time", "label", "Time of measurement, as the config spells it"),
        Column("task", "label", "What was done: the task in the names of the BIDS files"),
        Column(
            "phase",
            "label",
            "Time of measurement alone, in studies with several tasks at a time, whose time is time and task",
        ),
        Column("run", "count", "BIDS run of that time"),
        Column("band", "label", "Frequency band, as the config defines it; all: mean over bands"),
        Column("roi", "label", "Site (ROI) in both brains, as the config defines it; all: mean over sites"),
        Column("roi_therapist", "label", "Site (ROI) in the therapist's brain"),
        Column("roi_client", "label", "Site (ROI) in the client's brain"),
        Column("therapist_channel", "label", "Channel of the therapist"),
        Column("client_channel", "label", "Channel of the client"),
        Column("estimator", "text", "Estimator of synchrony; its definition is in docs/methods.md"),
        Column("note", "text", "What a reader must know of this row; n/a if nothing"),
        Column("n_dyads", "count", "Dyads behind the value"),
    )
)
