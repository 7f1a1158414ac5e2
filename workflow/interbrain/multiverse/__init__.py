"""The multiverse: the same study under every combination of choices that would have been as good.

`choices` lays out the grid, `branch` computes one dyad and run under all of it, `specifications` makes of all
dyads what `outcome` and `terms` test, a row a combination, and `joint` holds the arithmetic of the tests.
Of coordination between bodies these are `signal_choices`, `signal_branch` and `signal_specifications`.
"""
