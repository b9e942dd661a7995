"""private-phone: a telephone number said to be somebody's own, not their office's."""

from rules.detectors.detector import Detector, found_by

_NUMBER = r"(?:\+44 ?\(?0?\)? ?|\b0)\d(?:[ -]?\d){8,9}\b"
_WHOSE = r"(?:home|private|personal|own|his|her|their|'s)"
_LABEL = (
    rf"{_WHOSE} (?:own |personal |private |home )?(?:mobile|mob|cell|phone|telephone|tel|landline|number)"
    r"(?: (?:number|no\.?|phone))?"
)
_SAID = rf"\b{_LABEL}(?: (?:is|was|on))?[\s:=(,-]{{0,4}}(?:[a-z']+ ){{0,5}}?{_NUMBER}"
_CALLED = (
    r"\b(?:ring|call|phone|text|reach|catch)(?:ed)? (?:him|her|them)(?: [a-z]+){0,4} (?:on|at)"
    r"(?: [a-z]+){0,3} ?"
    rf"{_NUMBER}"
)


DETECTOR = Detector(
    "private-phone",
    r"(?:\+44 ?\(?0?\)? ?|\b0)\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d[ -]?\d",
    found_by(f"{_SAID}|{_CALLED}"),
)
