"""Two people's signals become coordination: any pair of series on one clock, each with its chance.

`session.coordination` gives a row a measure and a row a window, for the tables `coordination_values` and
`coordinationwindows_values`; `settings.Settings` says how; `defaults.by_default` which measures a kind of
signal has, and `registry.MEASURES` for readers what each measure is. Where series come from, and what is
significant over dyads, are other rooms' work.

Nothing is imported here: a word in the registry must not run the numbers of `session` again.
"""
