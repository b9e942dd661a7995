"""Questions to a verifying process and its answers, and what it may spend on one message."""

import json
import struct
from collections.abc import Mapping

from gateway.confined.questions import Frame

QUESTION = struct.Struct(">IQ")
"""The lengths of the question in JSON and of the message, which both follow."""
ANSWER = struct.Struct(">I")
"""The length of the answer in JSON."""
LONGEST_ANSWER = 4_096  # octets of an answer
SECONDS = 4.0
"""Of CPU for one message: five signatures of 16 MiB take as long."""
MEMORY = 768 * 1024 * 1024
"""Octets; a message of 25 MiB in short lines takes more, and its signatures are not verified."""


def question(octets: bytes, fields: int, keys: Mapping[int, str], enough: frozenset[int]) -> Frame:
    """Return the frame that asks which signatures hold.

    ``fields``: how many the message has; ``keys``: the key record of each
    that is to be verified; after one of ``enough`` holds, no other is.
    """
    asked = json.dumps({"fields": fields, "keys": keys, "enough": [str(index) for index in enough]}).encode()
    return QUESTION.pack(len(asked), len(octets)) + asked, octets


def answer_of(octets: bytes) -> dict[int, bool]:
    """Return what the answer says of each signature. Raises ValueError for nonsense."""
    found = json.loads(octets)
    if not isinstance(found, dict):
        raise TypeError("an answer is a mapping")
    return {int(index): holds is True for index, holds in found.items()}
