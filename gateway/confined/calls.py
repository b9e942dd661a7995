"""forbid(names): system calls that this process, and what it starts, is refused from now on (EPERM).

A classic BPF program by hand (Documentation/userspace-api/seccomp_filter.rst):
a list of numbers needs no library. It is a list of what is forbidden: a list of
what is allowed would have to know every call of every library, on every system.
"""

import ctypes
import os
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass

# Name: number on x86_64 and on aarch64; None where there is no such call.
_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "socketpair": (53, 199),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    "connect": (42, 203),
    "shutdown": (48, 210),  # our standard error may be the gateway's own socket to its journal
    "io_uring_setup": (425, 425),  # it opens, writes and connects past this filter
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "pidfd_getfd": (438, 438),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "setns": (308, 268),
    # Processes of one user may slow, limit and signal each other, and keep each other from files by locks.
    "prlimit64": (302, 261),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "flock": (73, 32),
    "fcntl": (72, 25),
    "ioctl": (16, 29),
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
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
}
PROGRAMS = ("execve", "execveat", "kill", "tkill", "tgkill")
"""What starts programs, and ends those that take too long."""
OUTWARD = tuple(name for name in _NUMBERS if name not in PROGRAMS)
"""What reaches beyond it: the network, other processes, the kernel's large interfaces, marks of files."""


@dataclass(frozen=True, slots=True)
class _Only:
    """What of a call is refused: these values of one argument, or (``others``) all but these.

    Each is 32 bits wide: the kernel looks at the lower half alone, and so do we.
    """

    argument: int
    values: tuple[int, ...]
    others: bool = False


# asm-generic/fcntl.h and linux/fcntl.h. Locks and leases need no right to write, and flags are for all who
# have the file open together.
_SET_FLAGS, _LOCKS, _OWNERS, _LEASE = 4, (6, 7, 37, 38), (8, 15), 1024
# asm-generic/ioctls.h, asm-generic/sockios.h and linux/fs.h: FIONBIO, FIOASYNC, FIOSETOWN, SIOCSPGRP,
# FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR.
_REQUESTS = (0x5421, 0x5452, 0x8901, 0x8902, 0x40086602, 0x401C5820)
_PARTLY = {
    "prlimit64": _Only(0, (0,), others=True),  # a process limits itself by it, as number 0
    "fcntl": _Only(1, (_SET_FLAGS, *_LOCKS, *_OWNERS, _LEASE)),  # the owner of a file gets signals
    "ioctl": _Only(1, _REQUESTS),
}

# linux/audit.h, and the column above.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # the latter with EPERM
_X32 = 0x40000000  # x86_64's other numbers for the same calls
_SET_SECCOMP, _FILTER = 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def known() -> bool:
    """Return whether this machine's numbers are known."""
    return platform.system() == "Linux" and platform.machine() in _ARCHITECTURES


def forbid(names: Iterable[str]) -> None:
    """Refuse these calls for good; where the kernel or the machine does not know how, nothing happens."""
    if known():
        steps = _steps(*_ARCHITECTURES[platform.machine()], names)
        program = _Program(len(steps), b"".join(steps))
        control(_SET_SECCOMP, _FILTER, ctypes.addressof(program))


def control(option: int, *values: int) -> None:
    """Call prctl(2), whether or not the kernel knows the option."""
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    ctypes.CDLL(None).prctl(ctypes.c_int(option), *words)


def _steps(architecture: int, column: int, names: Iterable[str]) -> list[bytes]:
    own = _Only(0, (os.getpid(),), others=True)  # abort() signals itself
    partly = {**_PARTLY, "kill": own, "tgkill": own}
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1),
        _step(_RETURN, _REFUSE),  # another architecture's call
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, 0, 1),
        _step(_RETURN, _REFUSE),
    ]
    for name in names:
        number = _NUMBERS[name][column]
        if number is not None:
            steps += _refused(number, partly.get(name))
    return [*steps, _step(_RETURN, _ALLOW)]


def _refused(number: int, only: _Only | None) -> list[bytes]:
    """The steps about one call, which leave another call's number where it was."""
    if only is None:
        return [_step(_EQUAL, number, 0, 1), _step(_RETURN, _REFUSE)]
    last = len(only.values)  # steps between the first question about a value and the second answer
    answers = (_REFUSE, _ALLOW) if only.others else (_ALLOW, _REFUSE)
    return [
        _step(_EQUAL, number, 0, last + 3),
        _step(_LOAD, _ARGUMENTS + 8 * only.argument),  # the lower half: both machines are little-endian
        *(_step(_EQUAL, value, last - place) for place, value in enumerate(only.values)),
        *(_step(_RETURN, answer) for answer in answers),
    ]


def _step(code: int, operand: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, operand)
