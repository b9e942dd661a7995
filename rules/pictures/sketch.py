"""Sketch: a small grey copy of a picture, which is all that is searched later."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sketch:
    """A picture in grey: ``width`` times ``height`` octets, row by row."""

    width: int
    height: int
    grey: bytes
