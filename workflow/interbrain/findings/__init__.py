"""What a study found, and how sure that is: claims and reservations from the written tables, as plain data.

Judges; draws nothing and writes no sentence. The rules: docs/statistics/verdicts.md.
`study` judges, `form` is what a finding is, `written` puts findings on disk and reads them.
"""
