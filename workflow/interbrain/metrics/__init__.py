"""Two brains become synchrony: one function for each estimator, and one registry that says what each is.

An estimator gives one value for each band, window and channel pair between the brains. Chance level,
averaging over windows and statistics are other rooms' work.
"""

from interbrain.metrics.estimator import OVER, Estimator
from interbrain.metrics.members import arranged, check_phasors
from interbrain.metrics.registry import METRICS
from interbrain.metrics.sites import roi_mean

__all__ = ["METRICS", "OVER", "Estimator", "arranged", "check_phasors", "roi_mean"]
