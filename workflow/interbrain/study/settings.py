"""Every setting of a study, declared once: its type, its limits, its default, and what it is for.

The schema that a config is held against, the defaults, and docs/settings.md follow from here. How settings
bear on one another is not here (`config`).
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Len, Lt, MinLen
from pydantic import StringConstraints

from interbrain.study.declaring import Hint, NotNull, Section, Unique, optional, required, schema_of, setting
from interbrain.study.kinds import (
    Bands,
    BandSets,
    DatasetVersion,
    Day,
    DeadTime,
    Estimator,
    Level,
    Name,
    Names,
    NotNegative,
    Positive,
    Role,
    RoleName,
    Sites,
    SiteSets,
)
from interbrain.study.recording_settings import (
    Chance,
    Cleaning,
    Clock,
    Events,
    Lags,
    Phase,
    Synchrony,
    Windows,
)
from interbrain.study.signal_settings import Signals

# --- what every study must say -----------------------------------------------------------------------------


class CapMaps(Section):
    """One cap map for each role."""

    least = 1

    therapist: str | None = optional("Of the therapists' amplifier")
    client: str | None = optional("Of the clients' amplifier")


class Tables(Section):
    """The study's tables: at least dyads and recordings"""

    dyads: str = required("One row for each dyad")
    recordings: str = required("One row for each dyad and time, or for each dyad, time and task")
    participants: str | None = setting(
        None, "Age, sex, handedness, head circumference; one row for each person"
    )
    cap_map: str | CapMaps | None = setting(
        None,
        "The amplifier's labels to 10-20 names; or one table for therapists, one for clients",
        "Name a table, or one for each: {therapist: config/cap_therapist.tsv, client: "
        "config/cap_client.tsv}.",
    )
    decisions: str | None = setting(
        None, "Channels, components and windows decided by hand; one row for each decision"
    )
    coding: str | None = setting(
        None, "Coded events, such as ruptures; one row for each event, or a file of ELAN, BORIS or Praat"
    )
    signals: str | None = setting(None, "Other signals beside the EEG; one row for each signal")


class LineFrequencies(Section):
    """The mains of each role."""

    therapist: Positive = required("Where the therapists were recorded, Hz")
    client: Positive = required("Where the clients were recorded, Hz")


class Pulses(Section):
    """What differs for one role's amplifier."""

    least = 1

    channel: str | None = optional("Channel of the shared pulses")
    idle: int | None = optional("Value of that channel between pulses")
    mask: Annotated[int, Ge(1)] | None = optional("Bits of that channel that count; null: all")
    dead_time_s: Annotated[DeadTime | None, NotNull()] = optional("Shortest time between pulses, s")
    annotation: str | int | None = optional("Annotation that marks a pulse")


OTHERWISE = "Write what differs, e.g. therapist: {channel: Digi}, client: {channel: Status}."


class Triggers(Section):
    """The pulse that reached both amplifiers."""

    least = 1

    channel: str | None = optional("Channel of the shared pulses")
    idle: int | None = setting(
        None, "Value of that channel between pulses; null: the value held most of the time"
    )
    mask: Annotated[int, Ge(1)] | None = optional("Bits of that channel that count; null: all")
    dead_time_s: DeadTime = setting(0.5, "Shortest time between pulses, s")
    annotation: str | int | None = setting(None, "Annotation that marks a pulse")
    therapist: Annotated[Pulses | None, NotNull()] = optional(
        "What differs for the therapists' amplifier", OTHERWISE
    )
    client: Annotated[Pulses | None, NotNull()] = optional(
        "What differs for the clients' amplifier", OTHERWISE
    )


class Questionnaire(Section):
    """One questionnaire: its table, its scoring key, and who answered it."""

    name: str = required("Its name in the report")
    table: str = required("Answers: one row for each dyad, one column for each item; or scores")
    key: str | None = optional(
        "Scoring key: one row for each item; without it the table contains scores, one of them named total"
    )
    max_missing_items: Annotated[int, Ge(0)] | None = optional(
        "Items of a subscale that may be unanswered; unless given, a fifth of them"
    )
    role: Role = required("Who answered it")


class SimulatedSession(Section):
    """Coded events during which the brains' coupling differs, and two bodies; null: rest, without either"""

    code: str = setting("rupture", "Code of the events, as the table of coded events has it")
    n_events: Annotated[int, Ge(1)] = setting(8, "Events of each dyad")
    event_s: Annotated[list[Positive], Len(2, 2)] = setting([15, 20], "Shortest and longest event, s")


class Simulation(Section):
    """Makes the raw files of the demo; delete it for your own data"""

    table: str = required("The planted truth: one row for each dyad")
    duration_s: Annotated[float, Ge(20)] = required("Length of each recording, s")
    sfreq: Annotated[float, Ge(250)] = required("Sampling rate of the raw files, Hz")
    frequencies: dict[str, float] = required("Of the oscillator in each band, Hz")
    blinks_per_minute: NotNegative = setting(12, "Of each person")
    saccades_per_minute: NotNegative = setting(3, "Glances to one side, of each person")
    muscle_bursts_per_minute: NotNegative = setting(1, "Of each person")
    channels: list[str] | None = setting(None, "EEG channels of the amplifiers; null: all 32")
    session: SimulatedSession | None = setting(None, SimulatedSession.__doc__)


# --- statistics --------------------------------------------------------------------------------------------


class Equivalence(Section):
    """The smallest effects that would matter; smaller ones count as none"""

    d: Positive = setting(0.5, "Of a difference between groups")
    r: Annotated[float, Gt(0), Lt(1)] = setting(0.3, "Of a correlation")


class Mediation(Section):
    """Whether the effect of x on y passes through a mediator: a column each"""

    x: str = required("Column of the aggregated dataset, or a factor of two levels")
    mediator: str = required("Column of the aggregated dataset")
    y: str = required("Column of the aggregated dataset, such as above_chance")


class Statistics(Section):
    """What is tested"""

    measures: Annotated[list[str], MinLen(1), Unique()] = setting(
        ["plv", "above_chance"],
        "PLV itself, PLV above chance or above pseudo-dyads, and likewise of further estimators",
    )
    between: Names = optional("Factors; default: every one", without=[])
    within: Annotated[list[Literal["roi", "band"]], Unique()] = setting(
        ["roi", "band"], "Within-dyad factors"
    )
    covariates: Names = setting(
        [],
        "Numeric columns of the aggregated dataset, log_power_* and log_snr_* among them, or of the dyads "
        "table; a dyad's mean of each",
    )
    time: Literal["mean", "factor", "change", "ancova"] = setting(
        "mean", "How the times enter: mean, as a factor, last minus first, or last with first as covariate"
    )
    task: str | None = setting(
        None,
        "Which task is tested: its name; factor, to compare the tasks; or mean, over the tasks of each time. "
        "null: the only task, or factor if there are several",
    )
    interactions: bool = setting(False, "Of the between factors")
    sums_of_squares: Literal[2, 3] = setting(3, "Type of the sums of squares")
    relabelings: Annotated[int, Ge(99)] = setting(
        10000, "Largest number of permutations; all of them where there are no more"
    )
    channel_pairs: bool = setting(
        True, "Also test each pair of channels and of sites between the brains, family-wise"
    )
    bootstraps: Annotated[int, Ge(999)] = setting(10000, "Resamples of a correlation")
    equivalence: Equivalence = setting({}, Equivalence.__doc__)
    correlate: Names = optional(
        "Differences, scores (wai_c_total), numbers in the dyads table, coordination of other signals (which "
        "enters as `time` says); default: every difference",
        without=[],
    )
    mediation: list[Mediation] = setting(
        [], "Indirect effects, each {x: .., mediator: .., y: ..}; a dyad's mean of each column"
    )


class CodedEvents(Section):
    """Coded events (tables: coding) against their surroundings"""

    reach_s: Positive = setting(60, "Largest distance of a control window from its event, s")
    guard_s: NotNegative = setting(10, "Smallest distance of a control window from every event, s")
    controls: Literal["no_event", "not_this_code"] = setting(
        "no_event",
        "What control windows must not contain: any event; or events of this code, for sessions that are "
        "coded throughout",
    )
    window_s: Positive = setting(
        15,
        "Longest windows of coordination that are tested at events, s: longer windows of signals leave no "
        "time between events",
    )
    min_events: Annotated[int, Ge(3)] = setting(5, "Events of a code that the test of a dyad needs")
    n_shifts: Annotated[int, Ge(99)] = setting(999, "Circular shifts of the train of events")
    bin_s: Positive = setting(1, "Bins in which two coders are compared, s")


class Multiverse(Section):
    """Levels of choices besides the study's own, all combined; null: none"""

    reference: Annotated[Sites, MinLen(1)] = optional(
        "Channels whose mean is subtracted, under a name; the study's own is average", without={}
    )
    length_s: Annotated[list[Positive], MinLen(1)] = optional("Lengths of windows, s", without=[])
    bands: BandSets = optional(
        "Sets of bands, each under a name; a set takes the place of the study's bands", without={}
    )
    rois: SiteSets = optional(
        "Sets of sites, each under a name; a set takes the place of the study's sites", without={}
    )
    estimators: Annotated[list[Estimator], MinLen(1)] = optional("Estimators of synchrony", without=[])
    correction: Annotated[list[Literal["raw", "above_chance", "z_chance"]], MinLen(1)] = optional(
        "How chance is taken into account: not at all, minus the mean of the circular shifts, or also "
        "divided by their SD",
        without=[],
    )
    time: Annotated[list[str], MinLen(1)] = optional(
        "How the times enter: mean, change, ancova, or one time by its name", without=[]
    )


# --- the study ---------------------------------------------------------------------------------------------


class Roles(Section):
    """What the report calls the two roles, if not therapist and client: labels only, tables keep theirs"""

    therapist: RoleName | None = optional("E.g. parent, or teacher")
    client: RoleName | None = optional(
        'E.g. "child, children" or student: with its plural if it does not end in -s'
    )


class Settings(Section):
    """A study's config.yaml."""

    title: str = required("Heading of the report and name of the dataset")
    authors: Annotated[list[str], MinLen(1)] = setting(["n/a"], "Authors of the dataset")
    data_licence: str = setting("n/a", "How the dataset may be used")
    tables: Tables = required(Tables.__doc__)
    raw_folder: str = setting("bids/sourcedata", "Folder of the raw files")
    input: Literal["raw", "bids"] = setting("raw", "What the files in that folder are")
    factors: dict[Name, Annotated[list[Level], MinLen(1), Unique()]] = required(
        "Between-dyad factors and their levels, columns of the dyads table"
    )
    times: Annotated[list[Name], MinLen(1), Unique()] = required(
        "Times of measurement in the order of the runs, e.g. [pre, post]"
    )
    tasks: dict[Annotated[str, StringConstraints(pattern="^[A-Za-z0-9]+$")], str] = setting(
        {}, "What was done in each task of the recordings table, in your words; rest needs no description"
    )
    roles: Roles | None = setting(None, Roles.__doc__)
    line_frequency: Positive | LineFrequencies = required(
        "Mains in Hz, 50 in Europe, 60 in North America; or {therapist: 50, client: 60}",
        "Write 50 or 60; or, if they differ, {therapist: 50, client: 60}.",
    )
    triggers: Triggers | None = setting(
        None,  # and asked for where the recordings table ties clocks by pulses
        "The pulse that reached both amplifiers: its channel, e.g. {channel: Digi}, or its annotation, e.g. "
        "{annotation: S 1}; null if there was none",
        "Write its channel, e.g. channel: Digi, or its annotation, e.g. annotation: S 1; or triggers: null.",
    )
    questionnaires: dict[Name, Questionnaire] = setting({}, "Item tables and their scoring keys")
    differences: dict[
        Name, Annotated[Names, Len(2, 2), Hint("Name two questionnaires, e.g. [wai_t, wai_c].")]
    ] = setting({}, "Signed differences of two questionnaires' totals")
    simulation: Simulation | None = setting(None, Simulation.__doc__)
    seed: Annotated[int, Ge(0)] = setting(20181108, "All randomness derives from it")
    rois: Annotated[Sites, MinLen(1)] = setting(
        {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]}, "Sites and their channels"
    )
    bands: Annotated[Bands, MinLen(1)] | str = setting(
        {"theta": [4, 7], "alpha": [8, 12]},
        "Frequency bands, Hz; or the name of a preset: infant",
        "Or name bands with their edges in Hz, e.g. alpha: [8, 12].",
        presets={"infant": {"theta": [3, 6], "alpha": [6, 9]}},
    )
    clock: Clock = setting({}, Clock.__doc__)
    cleaning: Cleaning = setting({}, Cleaning.__doc__)
    windows: Windows = setting({}, Windows.__doc__)
    phase: Phase = setting({}, Phase.__doc__)
    synchrony: Synchrony = setting({}, Synchrony.__doc__)
    events: Events | None = setting(None, Events.__doc__)
    lags: Lags = setting({}, Lags.__doc__)
    signals: Signals = setting({}, Signals.__doc__)
    chance: Chance = setting({}, Chance.__doc__)
    statistics: Statistics = setting({}, Statistics.__doc__)
    coded_events: CodedEvents = setting({}, CodedEvents.__doc__)
    report_pictures: Literal["none", "flagged", "all"] = setting(
        "flagged", "Pictures of recordings inside the report, up to 5 MB"
    )
    multiverse: Multiverse | None = setting(
        None, Multiverse.__doc__, "Name choices and their further levels, e.g. length_s: [2, 10]."
    )
    dataset_version: DatasetVersion = setting("1.0.0", "Version of the dataset that is shared")
    date_published: Day | None = setting(None, "Day in the RO-Crate; null: that of the workflow's commit")
    share_items: bool = setting(False, "Whether answers to items are written into bids/phenotype")
    share_annotations: bool = setting(False, "Whether free texts of the recording software are kept")
    release_allows: Names = setting([], "Words of raw file names that a release may contain")


@cache
def config_schema() -> dict:
    """The JSON Schema (2020-12) of config.yaml: every setting, its kind, its default and what it is for."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Interbrain's config",
        **schema_of(Settings),
    }
