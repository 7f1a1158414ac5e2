"""Tables of every dyad become tables of the study. Means, sums and joins; nothing is estimated."""
