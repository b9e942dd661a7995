"""dcmread, keyword_for_tag, Dataset: pydicom without numpy, for which it has no use here.

It would load it for pixels that nobody looks at: a third of the time and most
of the memory that loading takes, and a confined process has little of either.
"""

import logging
import sys

_hidden = "numpy" not in sys.modules
if _hidden:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # what a module is that cannot be imported
try:
    from pydicom import dcmread
    from pydicom.datadict import keyword_for_tag
    from pydicom.dataset import Dataset
finally:
    if _hidden:
        del sys.modules["numpy"]

__all__ = ["Dataset", "dcmread", "keyword_for_tag"]

# It tells of damage in log lines that quote the file; ours is the only journal.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)
