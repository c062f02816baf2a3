"""Customer statistics: the definition and the recomputing, and the second opinion on both."""

from customers.flows.statistics.checking import Difference, find_differences
from customers.flows.statistics.recomputing import recalculate, recalculate_stale

__all__ = ["Difference", "find_differences", "recalculate", "recalculate_stale"]
