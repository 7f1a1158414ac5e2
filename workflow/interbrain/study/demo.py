"""The simulated study's plan: from its table of planted truth to the simulator's arguments, run by run."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd

from interbrain.reproducibility.seeds import derived_seed
from interbrain.simulate import faults_of
from interbrain.study.by_role import ROLES, of_role
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
        time), settings (the other arguments).
    """
    row = planted[dyad]
    run = config["times"].index(time) + 1
    order = row["order"] * len(config["times"]) + run
    client = {
        "snr": float(row["snr"]),
        "offset_s": float(row["client_offset_s"]),
        "drift_ppm": float(row["client_drift_ppm"]),
        "missed_pulse": MISSED_PULSE if run == 1 else None,
    }
    rates = {name: config["simulation"][name] for name in RATES}
    if row["lost_time"] == time:
        client |= {"lost_at_s": float(row["lost_at_s"]), "lost_s": float(row["lost_s"])}
    return {
        "therapist": {"snr": float(row["snr"])},
        "client": client,
        "artifacts": {role: rates | faults_of(row.get(f"{role}_artifacts", "")) for role in ROLES},
        "start": (FIRST_RECORDING + timedelta(hours=order)).isoformat(),
        "settings": {
            "plv": {band: float(row[band]) for band in config["bands"]},
            "bands": config["bands"],
            "rois": config["rois"],
            "line_frequency": of_role(config["line_frequency"], "therapist"),
            "same_room": study.levels(dyad).get("modality") != "online",
            "seed": derived_seed(config["seed"], "simulate", dyad, run),
            **{key: config["simulation"][key] for key in ("frequencies", "duration_s", "sfreq")},
        },
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
