"""The study as its config and tables describe it, checked before anything runs.

Reads what a lab wrote, and says everything that is wrong at once, in plain words. Opens no recording.
"""
