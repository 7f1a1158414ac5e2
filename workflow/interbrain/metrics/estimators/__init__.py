"""The estimators of synchrony, a module each or a family. One more is one more module with `ESTIMATORS`.

Nobody imports them by name but who needs that very one: `registry.METRICS` finds them, so that an estimator
that a study does not ask for is no part of its jobs.
"""
