"""All tables of recordings -> a page for each dyad."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from pathlib import Path

    from interbrain.report.dyad_pages import Courses, write_pages
    from interbrain.report.figures.course import Event

    i, p = snakemake.input, snakemake.params
    tables = {name: Path(i[name]) for name in ("aggregated", "quality", "decisions")}
    pictures = [(*whose, Path(path)) for whose, path in zip(p.recordings, i.pictures, strict=True)]
    windows = {
        name: dict(zip(map(tuple, p.runs), map(Path, i.get(name, [])), strict=False))
        for name in ("brains", "bodies", "curves", "peaks")
    }
    events = {tuple(whose): [Event(*event) for event in coded] for whose, coded in p.events}
    course = Courses(**windows, events=events, length_s=p.length_s)
    write_pages(Path(snakemake.output[0]), tables, pictures, p.factors, p.roles, course)
