"""Both members' signals on one clock -> their coordination under every combination of choices."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.multiverse.signal_branch import signal_variants
    from interbrain.multiverse.signal_choices import signal_combinations
    from interbrain.signals.coordinating import settings_of
    from interbrain.tables.signal_variants import SIGNAL_VARIANTS
    from interbrain.tables.signals import QUALITY, SERIES

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    table = signal_variants(
        read_table(i.series, SERIES),
        read_table(i.quality, QUALITY),
        signal_combinations(**p.choices),
        settings_of(p.settings),
        p.seed,
    )
    write_table(o.table, table.assign(**p.about).reindex(columns=SIGNAL_VARIANTS.names), SIGNAL_VARIANTS)
