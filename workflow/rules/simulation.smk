# The demo's raw files, as two Mobitas write them, with a known truth. Only if the config has `simulation`.

from datetime import datetime, timedelta

import pandas as pd

from interbrain.seeds import derived_seed
from interbrain.study import read_table

PLANTED = read_table(Path(config["simulation"]["table"])).set_index("dyad")
RAW_FOLDER = config["raw_folder"]


def planted(dyad, time):
    """The simulator's arguments for one dyad and time."""
    row = PLANTED.loc[dyad]
    row_of_study = study.dyads.set_index("dyad").loc[dyad]
    lost = row["lost_time"] == time
    order = list(PLANTED.index).index(dyad) * len(config["times"]) + config["times"].index(time)
    return {
        "therapist": {"snr": float(row["snr"])},
        "client": {
            "snr": float(row["snr"]),
            "offset_s": float(row["client_offset_s"]),
            "drift_ppm": float(row["client_drift_ppm"]),
            "lost_at_s": float(row["lost_at_s"]) if lost else 0.0,
            "lost_s": float(row["lost_s"]) if lost else 0.0,
            "missed_pulse": 3 if time == config["times"][0] else None,
        },
        "start": (datetime(2018, 11, 5, 10) + timedelta(hours=order)).isoformat(),
        "settings": {
            "plv": {band: float(row[band]) for band in config["bands"]},
            "frequencies": config["simulation"]["frequencies"],
            "bands": config["bands"],
            "rois": config["rois"],
            "duration_s": config["simulation"]["duration_s"],
            "sfreq": config["simulation"]["sfreq"],
            "line_frequency": config["line_frequency"],
            "same_room": row_of_study.get("modality", "") != "online",
            "seed": derived_seed(config["seed"], "simulate", dyad, config["times"].index(time) + 1),
        },
    }


def truth_rows():
    rows = []
    for dyad, time, _ in RUNS:
        p = planted(dyad, time)
        lost = p["client"]["lost_s"]
        rows.append(
            {
                "dyad": dyad,
                "time": time,
                **study.dyads.set_index("dyad").loc[dyad, list(config["factors"])].to_dict(),
                "source_plv": p["settings"]["plv"],
                "client_clock_offset_s": p["client"]["offset_s"],
                "client_clock_drift_ppm": p["client"]["drift_ppm"],
                "planted_fault": f"client lost {lost:g} s at {p['client']['lost_at_s']:g} s" if lost else "n/a",
            }
        )
    return rows


rule simulate:
    output:
        therapist=f"{RAW_FOLDER}/{{dyad}}_{{time}}_therapist.Poly5",
        client=f"{RAW_FOLDER}/{{dyad}}_{{time}}_client.Poly5",
        truth="results/simulation/{dyad}_{time}.json",
    log:
        "results/logs/simulate/{dyad}_{time}.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        therapist=lambda w: planted(w.dyad, w.time)["therapist"],
        client=lambda w: planted(w.dyad, w.time)["client"],
        start=lambda w: planted(w.dyad, w.time)["start"],
        settings=lambda w: planted(w.dyad, w.time)["settings"],
        code=code_of("simulate.py"),
    script:
        "../scripts/simulate.py"


rule truth:
    input:
        runs=[f"results/simulation/{dyad}_{time}.json" for dyad, time, _ in RUNS],
    output:
        f"{RAW_FOLDER}/truth.tsv",
    log:
        "results/logs/truth.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        rows=truth_rows(),
        columns=[
            *["dyad", "time", *config["factors"], "band", "source_plv", "snr_therapist", "snr_client"],
            *["expected_plv", "client_clock_offset_s", "client_clock_drift_ppm", "planted_fault"],
        ],
    script:
        "../scripts/truth.py"
