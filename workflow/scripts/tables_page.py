"""docs/columns.md: every table that the workflow writes, and what each of its columns means.

make pages, or: python workflow/scripts/tables_page.py > docs/columns.md
"""

from interbrain.tables.catalogue import OF_DYADS, OF_STUDY
from interbrain.tables.declaration import Table

INTRODUCTION = """\
# Tables and their columns

Every table that a run writes below `results/derivatives/interbrain/`. Beside each is its data dictionary, a
JSON file of the same name, with what this study adds: the levels of its factors, its questionnaires and
estimators. Missing values are `n/a`. A *label* is text even where it looks like a number (`01`); a *count* is
a whole number. Columns with an asterisk are written only where the study asks for them. This page is written
by `make pages` from the declarations in `workflow/interbrain/tables/`; a test fails where the two differ.
"""


# Files that are called otherwise than by their table alone.
NAMED = {
    "decisions": "dyads/dyad-*/*_desc-therapist_decisions.tsv`, `*_desc-client_decisions.tsv` and "
    "`group/task-rest_desc-decisions_log.tsv",
    "pseudodyads_plv": "group/task-rest_run-*_desc-pseudodyads_plv.tsv",
}


def of_table(table: Table, folder: str) -> str:
    """The part of the page on one table."""
    file = NAMED.get(table.name, f"{folder}desc-{table.name}.tsv")
    lines = [f"### `{file}`", "", f"{table.about}.", ""]
    if table.extended:
        lines += ["Beside these columns, those that the study adds.", ""]
    lines += ["| column | kind | unit | meaning |", "| --- | --- | --- | --- |"]
    for column in table.columns:
        name = f"`{column.name}`{' *' if column.name in table.optional else ''}"
        meaning = column.description.replace("|", "\\|")
        lines.append(f"| {name} | {column.kind} | {column.unit or ''} | {meaning} |")
    return "\n".join(lines)


def page() -> str:
    """The whole page."""
    parts = [INTRODUCTION, "## Of each dyad and run", ""]
    parts += [of_table(table, "dyads/dyad-*/*_") + "\n" for table in OF_DYADS.values()]
    parts += ["## Of the study", ""]
    parts += [
        of_table(table, "group/task-rest_") + "\n"
        for table in OF_STUDY.values()
        if table not in OF_DYADS.values()
    ]
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    print(page(), end="")
