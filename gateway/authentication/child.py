"""Run as a program: verifies the signatures of messages that come on standard input, until it ends.

A process of its own, because ten mebibytes take half a second a signature
and what parses them was not written for hostile mail. It asks no DNS: the
keys come with the question.
"""

import json
import logging
import os
import resource
import signal
import sys
from typing import Any, BinaryIO

import dkim

from gateway.authentication.frames import ANSWER, MEMORY, QUESTION, SECONDS
from gateway.confined.walls import wall_in

_SILENT = logging.getLogger("gatepost.dkim")
_SMALLEST = 1024  # bits of an RSA key (RFC 8301)


def main() -> None:
    """The process's life."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the frames
    _SILENT.addHandler(logging.NullHandler())
    _SILENT.propagate = False
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    wall_in(starting=False)
    frames = sys.stdin.buffer
    while len(header := frames.read(QUESTION.size)) == QUESTION.size:
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        answer = json.dumps(_verified(frames, *QUESTION.unpack(header))).encode()
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        answers.write(ANSWER.pack(len(answer)) + answer)
        answers.flush()


def _verified(frames: BinaryIO, asked: int, size: int) -> dict[str, bool]:
    question: dict[str, Any] = json.loads(frames.read(asked))
    octets = frames.read(size)
    try:
        verifier = dkim.DKIM(octets, logger=_SILENT, minkey=_SMALLEST)
        fields = sum(name.lower() == b"dkim-signature" for name, _ in verifier.headers)
    except MemoryError:
        raise  # ours: this process ends, and nothing is known of the signature
    except Exception:  # noqa: BLE001  the promise: a message that cannot be read has no signature
        return {}
    if fields != question["fields"]:
        return {}  # it reads the header differently from our scan
    found: dict[str, bool] = {}
    for index, key in question["keys"].items():
        found[index] = _holds(verifier, int(index), key.encode("latin-1"))
        if found[index] and index in question["enough"]:
            break
    return found


def _holds(verifier: Any, index: int, key: bytes) -> bool:
    def text_of(_name: bytes, timeout: int = 0) -> bytes:
        del timeout
        return key

    try:
        return verifier.verify(index, dnsfunc=text_of) is True
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  the promise: what cannot be verified does not hold
        return False


if __name__ == "__main__":
    main()
