"""Both recordings of a dyad and run -> a picture of what cleaning did to each, and every decision."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.clock import clock_fit
    from interbrain.clocks import ClockFit
    from interbrain.files.spectra import read_spectra
    from interbrain.files.tables import read_table, write_table
    from interbrain.formats.contradictions import contradictions
    from interbrain.formats.measurements import read_measured
    from interbrain.pictures import write_summary
    from interbrain.quality.crosstalk import crosstalk_of
    from interbrain.quality.decision_log import decision_table
    from interbrain.quality.spectra import site_spectra
    from interbrain.quality.verdict import reasons_to_look
    from interbrain.tables.decisions import DECISIONS
    from interbrain.tables.lags import LAGS
    from interbrain.tables.windows import LEDGER

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    ledger, shared = read_table(i.ledger, LEDGER), crosstalk_of(read_table(i.lags, LAGS))
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    for role, clock in (("therapist", ClockFit.identity()), ("client", fit)):
        facts, account = (json.loads(Path(i[f"{role}_{name}"]).read_text()) for name in ("facts", "account"))
        judged = contradictions(read_measured(Path(i[f"{role}_measured"])))
        facts["notes"] += judged
        paths = {"recording": i[f"{role}_recording"][0], "cleaned": i[role], "ica": i[f"{role}_ica"]}
        paths["events"] = i.get(f"{role}_events")
        about = {"account": account, "conversion": facts, "ledger": ledger, "clock": clock}
        about["spectra"] = site_spectra(read_spectra(i[f"{role}_spectra"]), account, p.look["rois"])
        look = reasons_to_look(facts, account, ledger, shared, **p.look)
        write_summary(o[role], **paths, **about, look=look, rois=p.look["rois"], cap_map=p.cap_maps[role])
        write_table(o[f"{role}_decisions"], decision_table(facts, account, ledger), DECISIONS)
