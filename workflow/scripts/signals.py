"""Both members' signals of a dyad and run -> series at the same instants, and what each is worth."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.bids.clock import clock_fit
    from interbrain.files.tables import write_table
    from interbrain.signals.conversion import given_signal
    from interbrain.signals.dyad import ROLES, Given, pair
    from interbrain.tables.signals import QUALITY, SERIES

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    facts = {role: json.loads(Path(i[f"{role}_facts"]).read_text()) for role in ROLES}
    fit = clock_fit(facts["client"]["clock"])
    durations = {role: facts[role]["duration_s"] for role in ROLES}
    tables = iter(i.signals)
    given = {
        (role, s["name"]): Given(s["kind"], None, f"excluded: {s['exclude']}")
        if s["exclude"]
        else given_signal(Path(next(tables)))
        for role in ROLES
        for s in p.signals[role]
    }
    series, qualities = [], []
    for name in dict.fromkeys(name for _, name in given):
        members = {role: given.get((role, name)) for role in ROLES}
        table, account = pair(name, members, durations, fit, p.max_missing_share)
        series.append(table)
        qualities += account
    none = pd.DataFrame(columns=SERIES.names)
    joined = pd.concat([one for one in series if len(one)] or [none]).assign(**p.about)
    write_table(o.series, joined[SERIES.names], SERIES)
    quality = pd.DataFrame(qualities).assign(**p.about).reindex(columns=QUALITY.names)
    write_table(o.quality, quality, QUALITY)
