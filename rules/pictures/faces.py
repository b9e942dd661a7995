"""faces_in(sketch): how many faces a picture seems to show; needs the extra ``vision``.

OpenCV's cascade for faces seen from the front. It misses those from the side
and upside down, and takes a phantom or a dial for a face now and then.
"""

import importlib
from functools import cache
from typing import Any

import numpy as np

from rules.pictures.sketch import Sketch

_CASCADE = "haarcascade_frontalface_default.xml"
_STEP = 1.1  # from one size to the next
_AGREEING = 6  # neighbouring windows that must say so too
_LEAST = 30  # pixels


def missing() -> str:
    """What is not installed that finding faces needs, as the end of a sentence; "" where all is there."""
    try:
        _cascade()
    except ImportError:
        return "needs the extra 'vision': pip install 'gatepost[vision]'"
    return ""


def faces_in(sketch: Sketch) -> int:
    """Return their number. Raises ImportError where the extra is not installed."""
    grey = np.frombuffer(sketch.grey, dtype=np.uint8).reshape(sketch.height, sketch.width)
    return len(_cascade().detectMultiScale(grey, _STEP, _AGREEING, minSize=(_LEAST, _LEAST)))


@cache
def _cascade() -> Any:
    # By name, since neither types nor the loading of 60 MB should depend on whether it is installed.
    vision: Any = importlib.import_module("cv2")
    return vision.CascadeClassifier(vision.data.haarcascades + _CASCADE)
