"""All dyads' signals at one time -> coordination of people who never met, against each dyad's own."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.chance.draw import Part
    from interbrain.files.tables import read_table, write_table
    from interbrain.signals.coordinating import settings_of, strangers_table
    from interbrain.tables.signal_strangers import STRANGERS
    from interbrain.tables.signals import SERIES

    i, p = snakemake.input, snakemake.params
    part = Part(**p.part)
    series = {
        row["dyad"]: read_table(file, SERIES) for row, file in zip(part.rows, i.series, strict=True) if file
    }
    pairs = [
        tuple(part.rows[members[number]]["dyad"] for number in pair)
        for group in range(len(part.rings))
        for members in [part.members(group)]
        for pair in zip(*part.pairs(group), strict=True)
    ]
    table = strangers_table(series, pairs, p.measures, settings_of(p.settings), p.seed)
    table.insert(1, "time", p.time)
    write_table(snakemake.output.table, table, STRANGERS)
