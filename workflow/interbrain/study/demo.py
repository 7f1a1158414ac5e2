"""The simulated study's plan: from its table of planted truth to the simulator's arguments, run by run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from interbrain.reproducibility.seeds import derived_seed
from interbrain.simulate import Event, faults_of, kappa, planted_events, second_coder
from interbrain.simulate.bodies import KINDS
from interbrain.study.by_role import ROLES, of_role
from interbrain.study.planted import IN_EVENTS
from interbrain.study.study import Study

FIRST_RECORDING = datetime(2018, 11, 5, 10)
RATES = ("blinks_per_minute", "saccades_per_minute", "muscle_bursts_per_minute")
MISSED_PULSE = 3  # the client's amplifier misses one shared trigger in the first run of each dyad


def planted_rows(table: pd.DataFrame) -> dict[str, dict]:
    """The rows of the table of planted truth by dyad, each with its place in the table, `order`, from 0."""
    return {row["dyad"]: row | {"order": i} for i, row in enumerate(table.to_dict("records"))}


def planned_run(study: Study, config: Mapping, planted: Mapping[str, Mapping], dyad: str, time: str) -> dict:
    """Arguments of `simulate_dyad` for one dyad and time.

    Parameters
    ----------
    planted : mapping dyad -> row
        As `planted_rows` gives them. As text: source PLV a band, snr, client_offset_s, client_drift_ppm;
        lost_time, lost_at_s, lost_s of lost samples (empty: none); therapist_artifacts, client_artifacts as
        `faults_of` reads them (empty: only what the config's rates give everybody).

    Returns
    -------
    arguments : dict
        therapist, client (fields of `Member`), artifacts (of each role, fields of `Artifacts`), start (ISO
        time), settings (the other arguments); of a simulated session also session, as `Session.of_plain`
        reads it.
    """
    row = planted[dyad]
    run = study.times.index(time) + 1
    task = study.recording(dyad, run)["task"]
    order = row["order"] * len(study.times) + run
    client = {
        "snr": float(row["snr"]),
        "offset_s": float(row["client_offset_s"]),
        "drift_ppm": float(row["client_drift_ppm"]),
        "missed_pulse": MISSED_PULSE if run == 1 else None,
    }
    rates = {name: config["simulation"][name] for name in RATES}
    if row["lost_time"] == time:
        client |= {"lost_at_s": float(row["lost_at_s"]), "lost_s": float(row["lost_s"])}
    session = {}
    if config["simulation"]["session"]:
        session["session"] = _session(config, row, dyad, time, study.times)
    return {
        "therapist": {"snr": float(row["snr"])},
        "client": client,
        "artifacts": {role: rates | faults_of(row.get(f"{role}_artifacts", "")) for role in ROLES},
        "start": (FIRST_RECORDING + timedelta(hours=order)).isoformat(),
        **session,
        "settings": {
            "plv": {band: float(row.get(f"{band}_in_{task}") or row[band]) for band in config["bands"]},
            "bands": config["bands"],
            "rois": config["rois"],
            "line_frequency": of_role(config["line_frequency"], "therapist"),
            "same_room": study.levels(dyad).get("modality") != "online",
            "seed": derived_seed(config["seed"], "simulate", dyad, run),
            **{key: config["simulation"][key] for key in ("frequencies", "duration_s", "sfreq")},
            **({"channels": channels} if (channels := config["simulation"]["channels"]) else {}),
        },
    }


def coded_events(
    config: Mapping, dyad: str, time: str, times: Sequence[str] = ()
) -> tuple[list[Event], list[Event]]:
    """The events that are planted in a session, as its first coder has them, and as the second has them.

    `times` are the study's in the order of their runs; by default the config's.
    """
    session, duration_s = config["simulation"]["session"], config["simulation"]["duration_s"]
    run = list(times or config["times"]).index(time) + 1
    rng = np.random.default_rng(derived_seed(config["seed"], "events of the simulation", dyad, run))
    events = planted_events(session["code"], session["n_events"], session["event_s"], duration_s, rng)
    return events, second_coder(events, rng)


def coding_table(config: Mapping, runs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """The table of coded events of the simulated study, for its dyads and times: two coders, A and B."""
    rows = []
    for dyad, time in runs:
        for coder, events in zip("AB", coded_events(config, dyad, time), strict=True):
            rows += [
                {
                    "dyad": dyad,
                    "time": time,
                    "onset_s": f"{event.onset_s:g}",
                    "duration_s": f"{event.duration_s:g}",
                    "code": event.code,
                    "coder": coder,
                }
                for event in events
            ]
    return pd.DataFrame(rows)


def _session(config: Mapping, row: Mapping, dyad: str, time: str, times: Sequence[str]) -> dict:
    """Arguments of `Session.of_plain` for one dyad and time; an empty cell is no coupling, or no change."""
    events, _ = coded_events(config, dyad, time, times)
    return {
        "events": [asdict(event) for event in events],
        "plv_in_events": {
            band: float(row.get(f"{band}{IN_EVENTS}") or row[band]) for band in config["bands"]
        },
        "couplings": {
            kind: {key: float(row.get(f"{kind}_{key}") or 0) for key in ("r", "lag_s")} for kind in KINDS
        },
        "settling": row.get("settling") == "yes",
    }


def truth_rows(study: Study, config: Mapping, planted: Mapping[str, Mapping]) -> list[dict]:
    """What the plan says of each run, in the recordings table's order; `source_plv` is a value a band."""
    rows = []
    for dyad, time in zip(study.recordings["dyad"], study.recordings["time"], strict=True):
        plan = planned_run(study, config, planted, dyad, time)
        client = plan["client"]
        lost = client.get("lost_s")
        rows.append(
            {
                "dyad": dyad,
                "time": time,
                **study.levels(dyad),
                "source_plv": plan["settings"]["plv"],
                "client_clock_offset_s": client["offset_s"],
                "client_clock_drift_ppm": client["drift_ppm"],
                "planted_fault": f"client lost {lost:g} s at {client['lost_at_s']:g} s" if lost else "n/a",
            }
        )
    return rows


def session_rows(study: Study, config: Mapping, planted: Mapping[str, Mapping]) -> list[dict]:
    """Of each simulated session, what its plan says of the events; in the recordings table's order."""
    rows = []
    for dyad, time in zip(study.recordings["dyad"], study.recordings["time"], strict=True):
        events, others = coded_events(config, dyad, time, study.times)
        session = planned_run(study, config, planted, dyad, time)
        rows.append(
            {
                "dyad": dyad,
                "time": time,
                "code": config["simulation"]["session"]["code"],
                "n_events": len(events),
                "kappa": kappa(events, others, config["simulation"]["duration_s"]),
                "plv": session["settings"]["plv"],
                "plv_in_events": session["session"]["plv_in_events"],
            }
        )
    return rows
