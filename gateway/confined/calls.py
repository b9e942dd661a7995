"""forbid(names, itself): system calls that this process, and what it starts, is refused from now on (EPERM).

A classic BPF program by hand (Documentation/userspace-api/seccomp_filter.rst):
comparing numbers needs no library. It is a list of what is forbidden: a list of
what is allowed would have to know every call of every library, on every system.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable

# Name: number on x86_64 and on aarch64; None where there is no such call.
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "connect": (42, 203),
    "io_uring_setup": (425, 425),  # it opens, writes and connects past this filter
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    # Other processes of the same user, the gateway among them, could be halted, hurried or starved by these.
    "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "tkill": (200, 130),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "setns": (308, 268),
    # Landlock knows nothing of owners, modes, times and attributes.
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "execve": (59, 221),
    "execveat": (322, 281),
}
# Libraries limit and signal the process that they are in: whom these are for is their first argument.
_FOR_WHOM: dict[str, tuple[int, int]] = {
    "prlimit64": (302, 261),
    "tgkill": (234, 131),
    "kill": (62, 129),
}
ITSELF = ("prlimit64", "tgkill")
"""What a process may do to itself only."""
SIGNALLING = ("kill",)
"""The same of one that starts no program which it may have to end."""
STARTING = ("execve", "execveat")
"""What starts programs."""
OUTWARD = tuple(name for name in _NUMBERS if name not in STARTING)
"""What reaches beyond it: the network, other processes, the kernel's large interfaces, marks of files."""

# linux/audit.h, and the column above.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_NUMBER, _ARCHITECTURE, _WHOM = 0, 4, 16  # offsets in seccomp_data; of an argument the half that a pid has
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # the latter with EPERM
_X32 = 0x40000000  # x86_64's other numbers for the same calls
_SET_SECCOMP, _FILTER = 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def known() -> bool:
    """Return whether this machine's numbers are known."""
    return platform.system() == "Linux" and platform.machine() in _ARCHITECTURES


def forbid(names: Iterable[str], itself: Iterable[str] = ()) -> None:
    """Refuse ``names`` for good, and those of ``itself`` for any process but this one.

    Where the kernel or the machine does not know how, nothing happens.
    """
    if known():
        steps = _steps(*_ARCHITECTURES[platform.machine()], names, itself)
        program = _Program(len(steps), b"".join(steps))
        control(_SET_SECCOMP, _FILTER, ctypes.addressof(program))


def control(option: int, *values: int) -> None:
    """Call prctl(2), whether or not the kernel knows the option."""
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    ctypes.CDLL(None).prctl(ctypes.c_int(option), *words)


def _steps(architecture: int, column: int, names: Iterable[str], itself: Iterable[str]) -> list[bytes]:
    numbers = [number for name in names if (number := _NUMBERS[name][column]) is not None]
    last = len(numbers)  # steps between the first question about a number and the refusal
    # No process is 0: limits of 0 are one's own, and signals to 0 go to all of a group.
    own = {name: (os.getpid(), 0) if name == "prlimit64" else (os.getpid(),) for name in itself}
    return [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1),
        _step(_RETURN, _REFUSE),  # another architecture's call
        _step(_LOAD, _NUMBER),
        *(step for name, pids in own.items() for step in _for(_FOR_WHOM[name][column], pids)),
        _step(_AT_LEAST, _X32, last + 1),
        *(_step(_EQUAL, number, last - place) for place, number in enumerate(numbers)),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _REFUSE),
    ]


def _for(number: int, pids: tuple[int, ...]) -> list[bytes]:
    """Of the call of this number: allowed for these processes, refused for all others."""
    last = len(pids)
    answer = [
        _step(_LOAD, _WHOM),
        *(_step(_EQUAL, pid, last - place) for place, pid in enumerate(pids)),
        _step(_RETURN, _REFUSE),
        _step(_RETURN, _ALLOW),
    ]
    return [_step(_EQUAL, number, 0, len(answer)), *answer]


def _step(code: int, operand: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, operand)
