"""Two cleaned recordings become tables of synchrony. Joins other rooms; the formulas are theirs.

Each analysis has its module, so that a change of one repeats no other.
"""
