"""forbid(names): system calls that this process, and what it starts, is refused from now on (EPERM).

A classic BPF program by hand (Documentation/userspace-api/seccomp_filter.rst):
twenty calls need no library. It is a list of what is forbidden: a list of what
is allowed would have to know every call of every library, on every system.
"""

import ctypes
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
STARTING = ("execve", "execveat")
"""What starts programs."""
OUTWARD = tuple(name for name in _NUMBERS if name not in STARTING)
"""What reaches beyond it: the network, other processes, the kernel's large interfaces, marks of files."""

# linux/audit.h, and the column above.
_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # linux/bpf_common.h
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in seccomp_data
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
    numbers = [number for name in names if (number := _NUMBERS[name][column]) is not None]
    last = len(numbers)  # steps between the first question about a number and the refusal
    return [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUAL, architecture, 1),
        _step(_RETURN, _REFUSE),  # another architecture's call
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, last + 1),
        *(_step(_EQUAL, number, last - place) for place, number in enumerate(numbers)),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _REFUSE),
    ]


def _step(code: int, operand: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, operand)
