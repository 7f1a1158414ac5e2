"""Two people's signals become coordination: any pair of series on one clock, each with its chance.

`session.coordination` gives a row a measure and a row a window, for the tables `coordination_values` and
`coordinationwindows_values`; `settings.Settings` says how; `registry.MEASURES` says for readers what each
measure is, and `registry.by_default` which a kind of signal has. Where series come from, and what is
significant over dyads, are other rooms' work.

Nothing is imported here: a word in the registry must not run the numbers of `session` again.
"""
