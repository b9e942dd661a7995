"""Reads what strace wrote, and says where a power cut could have taken what was promised. Pure: text in, sentences out.

A write that was not synced is gone after a power cut, and so is a record of
what the next hop said. Three orders must hold in each trace:

- a 250 that is ours alone (held, queued) goes out after the store's log was
  synced, with all that was written to it between the final dot and that sync;
- a 250 for what was relayed goes out after the next hop's 250 came in;
- the final dot of a delivery of ours goes out after a sync of the log, which
  holds that it may be out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_LINE = re.compile(
    r"^(?P<thread>\d+) +(?:<\.\.\. (?P<ends>\w+) resumed>(?P<tail>.*)|(?P<call>\w+)\((?P<rest>.*))$"
)
_SOCKET = re.compile(r"<TCP(?:v6)?:\[[^\]]*:(?P<own>\d+)->[^\]]*:(?P<other>\d+)\]>")
_RESULT = re.compile(r"= (-?\d+)(?: [^\"]*)?$")
_SIZE = re.compile(r", (\d+), \d+(?:\) += | <unfinished)")
_DOT = r"\r\n.\r\n"  # as strace writes it
_UNFINISHED = "<unfinished ...>"


@dataclass(frozen=True, slots=True)
class Step:
    """A moment of the trace: a call ``begins`` or ``ends``; writing counts when it begins, all else when it ends."""

    moment: str
    call: str
    text: str
    result: int | None


@dataclass
class Promises:
    """What has been seen so far of each client's message, and of the log."""

    port: int
    hop: int
    dotted: bool = False  # the client has sent its dot, and has no reply
    written: bool = False  # to the log, since the dot
    synced: bool = False  # what was written
    hop_took: bool = False
    begun: int = 0  # syncs of the log
    done: int = 0  # the last sync that came to its end
    agreed: dict[str, int] = field(default_factory=dict)  # socket -> syncs begun when the next hop said 354
    broken: list[str] = field(default_factory=list)
    kept: int = 0

    def see(self, step: Step) -> None:
        """Take the next step of the trace into account."""
        socket = _SOCKET.search(step.text)
        if "-wal>" in step.text:
            self._log(step)
        elif socket and (step.call, step.moment) == ("recvfrom", "ends"):
            self._heard(step.text, socket)
        elif socket and step.moment == "begins" and step.call in ("sendto", "sendmsg", "write"):
            self._said(step.text, socket)

    def _log(self, step: Step) -> None:
        match step.call, step.moment:
            case "pwrite64", "begins":
                # The log's own header is synced by itself; what counts is a page.
                size = _SIZE.search(step.text)
                self.written = self.written or (size is not None and int(size[1]) >= 512)
            case "fdatasync", "begins":
                self.begun += 1
            case "fdatasync", "ends" if step.result == 0:
                self.done = self.begun
                self.synced = self.synced or self.written

    def _heard(self, text: str, socket: re.Match[str]) -> None:
        if int(socket["own"]) == self.port and _DOT in text:
            self.dotted, self.written, self.synced, self.hop_took = True, False, False, False
        if int(socket["other"]) == self.hop:
            self.hop_took = self.hop_took or ('"250 ' in text and "Ok: taken" in text)
            if "354 " in text:
                self.agreed[socket[0]] = self.begun

    def _said(self, text: str, socket: re.Match[str]) -> None:
        ours = int(socket["other"]) == self.hop and _DOT in text and not self.dotted
        if ours and self.done <= self.agreed.get(socket[0], 0):
            self.broken.append("a dot of ours went out before the log said that it may be out")
        if int(socket["own"]) != self.port or not self.dotted:
            return
        if re.search(r"250 [\d. ]*Ok: (held|queued)", text):
            self._judge(self.synced, "a post of which we said that we have it was not on the disk")
        elif re.search(r"250 [\d. ]*Ok: relayed", text):
            self._judge(self.hop_took, "a post of which we said that it was relayed was not")

    def _judge(self, true: bool, sentence: str) -> None:
        self.kept += true
        self.dotted = self.written = self.synced = False
        if not true:
            self.broken.append(sentence)


def broken_promises(trace: str, port: int, hop: int) -> tuple[str, ...]:
    """Sentences about each order that does not hold; ``port`` is where clients come, ``hop`` the list server's.

    A trace without any 250 of ours proves nothing, and says so.
    """
    promises = Promises(port, hop)
    for step in steps(trace):
        promises.see(step)
    if not promises.kept and not promises.broken:
        return ("there is no 250 in this trace",)
    return tuple(promises.broken)


def steps(trace: str) -> Iterator[Step]:
    """The beginnings and ends of calls in their order; strace splits a call that another thread's came into."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        if found["ends"]:
            text = begun.pop(found["thread"], "") + found["tail"]
            yield Step("ends", found["ends"], text, _result(found["tail"]))
            continue
        yield Step("begins", found["call"], found["rest"], None)
        if found["rest"].endswith(_UNFINISHED):
            begun[found["thread"]] = found["rest"].removesuffix(_UNFINISHED)
        else:
            yield Step("ends", found["call"], found["rest"], _result(found["rest"]))


def _result(text: str) -> int | None:
    found = _RESULT.search(text)
    return int(found[1]) if found else None
