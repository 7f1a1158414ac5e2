"""The multiverse: the same study under every combination of choices that would have been as good.

`choices` lays out the grid, `branch` computes one dyad and run under all of it, `specifications` tests what
all dyads give, a row a combination, and `joint` holds the arithmetic of the tests.
"""
