"""What the table of all dyads says: effects, correlations, descriptives, and their APA lines.

Takes tables and gives tables. It reads no files and draws nothing.
"""

from .anova import partial_eta2_interval, rm_anova
from .correlations import correlation, holm
from .design import DesignError
from .study import analyse

__all__ = ["DesignError", "analyse", "correlation", "holm", "partial_eta2_interval", "rm_anova"]
