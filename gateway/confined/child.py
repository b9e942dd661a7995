"""Run as a program: reads the messages that come on standard input, within limits, until it ends."""

import ctypes
import os
import resource
import sys

from gateway.confined.clock import Clock
from gateway.confined.frames import QUESTION, Closed, answer
from gateway.confined.limits import Limits
from gateway.confined.ocr import Ocr
from gateway.confined.walls import wall_in
from rules.reading import read, sketched
from rules.scan import scan

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def confine(memory: int, *, starting: bool) -> None:
    """Take from this process what reading never needs: memory without end, writing, core dumps, the network.

    ``starting``: whether it may start programs, which only OCR does.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        # An empty network namespace, where the kernel allows one; systemd's unit does not.
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    wall_in(starting=starting)


def main(limits: Limits) -> None:
    """The process's life: read frames from standard input until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not spoil the frames
    confine(limits.memory, starting=limits.ocr)
    clock = Clock(limits.seconds)
    ocr = Ocr(clock.opener)
    opener = ocr if limits.ocr else clock.opener
    frames = sys.stdin.buffer
    while len(header := frames.read(QUESTION.size)) == QUESTION.size:
        length, opening = QUESTION.unpack(header)
        octets = frames.read(length)
        clock.start()
        ocr.start()
        reading = read(octets, scan(octets), opener if opening else Closed())
        if opening:
            reading = sketched(reading)
        answers.write(answer(reading, clock.spent))
        answers.flush()


if __name__ == "__main__":
    main(Limits(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "1"))
