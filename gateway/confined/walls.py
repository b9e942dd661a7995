"""wall_in(starting): this process can neither write nor reach anything any more; what it has open stays open.

Linux only, and each by what the kernel has: a flag (3.5), a filter of system
calls (`calls.py`), Landlock (5.13; TCP since 6.7, signals since 6.12). What is
missing is left out without a word: no wall is the only one.
"""

import contextlib
import ctypes
import sys
from pathlib import Path

from gateway.confined import calls

# linux/landlock.h: rights by the version of the interface that brought them.
_EXECUTE, _READ = 1 << 0, 1 << 2 | 1 << 3
_FILES = {1: (1 << 13) - 1, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
_TCP = {4: 1 << 0 | 1 << 1}  # bind and connect
_SCOPES = {6: 1 << 0 | 1 << 1}  # abstract sockets of others, and signals to others
_SIZES = {1: 8, 4: 16, 6: 24}  # octets of the structure
_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same number on every architecture
_ASK_VERSION = 1
_SET_DUMPABLE, _SET_NO_NEW_PRIVS = 4, 38  # linux/prctl.h


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("files", ctypes.c_uint64),
        ("tcp", ctypes.c_uint64),
        ("scopes", ctypes.c_uint64),
    )


def wall_in(*, starting: bool) -> None:
    """Take away writing, sockets and other processes; unless ``starting``, programs too.

    With ``starting`` it ends them by signals, and only Landlock keeps those to what it started.
    Reading files stays, because libraries are loaded when the first file that needs them comes.
    """
    if sys.platform != "linux":
        return
    _go_first()
    # Without new privileges, a set-user-id program is of no use, and the walls need no rights to be built.
    calls.control(_SET_NO_NEW_PRIVS, 1)
    # No core dump, and no other process of this user looks into this one.
    calls.control(_SET_DUMPABLE, 0)
    _forbid_files(starting=starting)
    calls.forbid(calls.OUTWARD if starting else (*calls.OUTWARD, *calls.PROGRAMS))


def landlock() -> int:
    """Return the version of Landlock's interface, 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE_RULESET, None, 0, _ASK_VERSION))


def _go_first() -> None:
    # Where memory runs out, one message loses its reader, which is a doubt; the gateway's end would be
    # everybody's, and a killed gateway cannot say over which message it was killed.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _forbid_files(*, starting: bool) -> None:
    version = landlock()
    if not version:
        return
    left = _READ | (_EXECUTE if starting else 0)
    rules = _Ruleset(_up_to(version, _FILES) & ~left, _up_to(version, _TCP), _up_to(version, _SCOPES))
    size = max(size for since, size in _SIZES.items() if since <= version)
    # A set without exceptions: all that it handles is forbidden.
    ruleset = _call(_CREATE_RULESET, ctypes.byref(rules), size, 0)
    if ruleset >= 0:
        _call(_RESTRICT_SELF, ruleset, 0)


def _up_to(version: int, rights: dict[int, int]) -> int:
    return sum(right for since, right in rights.items() if since <= version)


def _call(number: int, *given: object) -> int:
    system = ctypes.CDLL(None)
    system.syscall.restype = ctypes.c_long
    words = (ctypes.c_long(one) if isinstance(one, int) else one for one in given)
    return int(system.syscall(ctypes.c_long(number), *words))
