"""Everything about one endpoint on one sheet, for a support case: found by any of its names, told in full.

No secret stands on it: neither a hand-off link nor what makes one, and no key.
"""

from endpoints.casefile.finding import find
from endpoints.casefile.gathering import gather
from endpoints.casefile.printing import lines

__all__ = ["find", "gather", "lines"]
