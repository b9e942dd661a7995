"""Costly messages are read by a child with limits: what it cannot do, and what becomes of its failures."""

import asyncio
import io
import os
import pickle
import pickletools
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from gateway.confined import calls, frames
from gateway.confined.children import Children
from gateway.confined.frames import ANSWER, DIED, LATE, LONGEST_READING, Readings, announced, answer
from gateway.confined.limits import Limits
from gateway.confined.one import Reader
from gateway.readers import Readers
from gateway.settings import ReaderSettings
from rules.documents.document import PICTURES_SIZE
from rules.matching.places import Place
from rules.parsing.fields import HEADER_CAP
from rules.reading import Link, Picture, Reading, Zone, read, sketched
from rules.scan import RawField, scan
from tests.given import documents
from tests.given.client import post

T = TypeVar("T")
COSTLY = post("Which build-up cap do you use?\n" * 4000)
CHEAP = post("Which build-up cap do you use?")


def with_readers(job: Callable[[Readers], Awaitable[T]], **settings: int) -> tuple[T, list[str]]:
    """What ``job`` returns, and the reasons for which readers were lost."""
    lost: list[str] = []

    async def run() -> T:
        readers = Readers(ReaderSettings(**settings), lambda event, why: lost.append(why))
        try:
            return await job(readers)
        finally:
            await readers.close()

    return asyncio.run(run()), lost


def one(octets: bytes) -> Callable[[Readers], Awaitable[Reading]]:
    return lambda readers: readers.read(octets, scan(octets))


def test_a_child_reads_as_the_loop_does() -> None:
    assert scan(COSTLY).costly
    assert with_readers(one(COSTLY)) == (read(COSTLY), [])


def test_what_is_cheap_starts_no_child() -> None:
    before = children()
    with_readers(lambda readers: asyncio.gather(*(one(CHEAP)(readers) for _ in range(3))))
    assert children() == before


def children() -> set[str]:
    found = (path.read_text() for path in Path("/proc/self/task").glob("*/children"))
    return {pid for text in found for pid in text.split()}


def test_messages_that_come_at_once_each_get_their_own_reading() -> None:
    messages = [COSTLY + f"Number {n}.\r\n".encode() for n in range(4)]

    async def job(readers: Readers) -> list[Reading]:
        return await asyncio.gather(*(one(octets)(readers) for octets in messages))

    readings, lost = with_readers(job, processes=2)
    assert lost == []
    for number, reading in enumerate(readings):
        zone = reading.zone("own")
        assert zone is not None
        assert f"Number {number}." in zone.text


def test_a_child_without_memory_makes_a_doubt() -> None:
    reading, lost = with_readers(one(COSTLY * 20), memory=1_000_000)
    assert lost == [DIED, DIED], "with its files, and without"
    assert reading.doubts == (DIED,)
    assert reading.subject == "A question", "the header is read all the same"


def test_a_late_child_makes_a_doubt_and_never_answers_for_another_message() -> None:
    async def job(readers: Readers) -> tuple[Reading, Reading]:
        await one(COSTLY)(readers)
        (pid,) = children() - before
        os.kill(int(pid), signal.SIGSTOP)
        late = await one(COSTLY + b"Late.\r\n")(readers)
        return late, await one(COSTLY)(readers)

    before = children()
    (late, next_one), lost = with_readers(job, seconds=1)
    assert (late.doubts, lost) == ((LATE,), [LATE])
    assert next_one == read(COSTLY)
    assert children() == before


def test_a_child_that_is_given_up_half_way_never_answers_for_another_message() -> None:
    async def job(readers: Readers) -> Reading:
        given_up = asyncio.create_task(_read(readers, COSTLY + b"Given up.\r\n"))
        await asyncio.sleep(0.05)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        return await one(COSTLY)(readers)

    assert with_readers(job) == (read(COSTLY), [])


async def _read(readers: Readers, octets: bytes) -> Reading:
    return await readers.read(octets, scan(octets))


# What a child may not do


def confined(attempt: str) -> subprocess.CompletedProcess[str]:
    program = f"from gateway.confined.child import confine\nconfine(400_000_000, starting=False)\n{attempt}"
    return subprocess.run(
        [sys.executable, "-c", f"{program}\nprint('done')"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


# The walls themselves are tested in test_walls.py; here, that there is one on every kernel.
@pytest.mark.parametrize(
    ("attempt", "raised"),
    [
        ("bytearray(600_000_000)", "MemoryError"),
        ("open('{folder}/written', 'w', buffering=1).write('x\\n')", "File too large|Permission denied"),
    ],
)
def test_a_child_takes_no_memory_without_end_and_writes_no_file(
    tmp_path: Path, attempt: str, raised: str
) -> None:
    done = confined(attempt.format(folder=tmp_path))
    assert done.stdout == ""
    assert re.search(raised, done.stderr)


def test_a_child_has_no_network_where_the_kernel_can_take_it_away() -> None:
    allowed = subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False)
    if allowed.returncode and not calls.known():
        pytest.skip("this kernel gives no network namespaces to ordinary processes")
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_accept, args=(server,), daemon=True).start()
        done = confined(
            f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 2)"
        )
    assert done.stdout == ""
    assert re.search("unreachable|not permitted", done.stderr)


def _accept(server: socket.socket) -> None:
    try:
        server.accept()[0].close()
    except OSError:
        return


# What is believed of a child


class Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("echo taken over",)


@pytest.mark.parametrize(
    "answer",
    [
        *(pickle.dumps((read(CHEAP), thing)) for thing in (Evil(), Path("x"), post, Place(0, 1, 2))),
        b"\x80\x04\x8c\x0drules.reading\x8c\x0ehashlib.sha256\x93.",
        b"\x80\x04\x8c\x0drules.reading\x8c\x07hashlib\x93.",
    ],
    ids=["a call", "a path", "a function", "another class of rules", "a library's function", "a library"],
)
def test_nothing_but_readings_is_taken_from_a_child(answer: bytes) -> None:
    with pytest.raises(pickle.UnpicklingError):
        Readings(io.BytesIO(answer)).load()


class Asked:
    """Pickled as what ``getattr`` gives of a class."""

    def __init__(self, *given: object) -> None:
        self.given = given

    def __reduce__(self) -> tuple[object, ...]:
        return getattr, self.given


@pytest.mark.parametrize("name", ["__init__", "__subclasses__", "scan"])
def test_of_classes_nothing_but_members_of_enumerations_is_taken(name: str) -> None:
    with pytest.raises(pickle.UnpicklingError):
        Readings(io.BytesIO(pickle.dumps(Asked(Reading, name)))).load()


CARD = b"BEGIN:VCARD\r\nFN:Jo Tern\r\nTEL:0123\r\nEND:VCARD\r\n"
APPOINTMENT = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:QA day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
FULL = documents.post(
    ("a.pdf", documents.pdf("Jo is away.")),
    ("b.png", documents.picture(size=(300, 200))),
    ("c.dcm", documents.patient("SMITH^JO")),
    (
        "d.docx",
        documents.docx(documents.paragraph("See https://a.example/b."), **{"word/vbaProject.bin": b"x"}),
    ),
    ("e.zip", documents.zipped({"f.docx": documents.docx(documents.paragraph("In an archive."))})),
    ("g.tar", documents.tarred({"h.txt": b"On a tape."})),
    ("i.vcf", CARD),
    ("j.ics", APPOINTMENT),
    ("k.pdf", documents.locked_pdf()),
    ("l.eml", CHEAP),
)


def test_any_reading_is_taken() -> None:
    files = (file.read_bytes() for file in sorted((Path(__file__).parents[1] / "messages").glob("*.eml")))
    for octets in (*files, FULL):
        reading = sketched(read(octets))
        assert reading.field("subject") is not None, "and so what a reading remembers is in it"
        taken = Readings(io.BytesIO(pickle.dumps(reading))).load()
        assert taken == reading
        assert [picture.sketch for picture in taken.pictures] == [one.sketch for one in reading.pictures]


def test_a_full_reading_consists_of_every_class_that_is_taken() -> None:
    reading = sketched(read(FULL.replace(b"From:", b"From : x\r\nFrom:", 1)))
    names = {name for kind, name, _ in pickletools.genops(pickle.dumps(reading, 2)) if kind.name == "GLOBAL"}
    assert {" ".join(name) for name in frames._CLASSES} == {
        name for name in names if name.startswith("rules.")
    }


def test_the_longest_readings_are_taken() -> None:
    most = "\N{PERSON CLIMBING}" * 30 + "\n"
    text = Zone("own", most * (1024 * 1024 // len(most)))
    scanned = replace(scan(FULL), fields=(RawField(b"X", b"x" * HEADER_CAP),) * 2)
    pictures = (Picture(1, bytes(PICTURES_SIZE)),)
    links = tuple(Link(str(n), "l" * 2000) for n in range(2000))
    reading = Reading(scanned, zones=(text,), pictures=pictures, links=links)
    assert announced(answer(reading, 0.0)[: ANSWER.size])[0] < LONGEST_READING / 2


@dataclass(frozen=True)
class Lying(Limits):
    """A child that announces an answer of so many octets."""

    length: int = 0

    @property
    def command(self) -> tuple[str, ...]:
        header = ANSWER.pack(self.length, 0.0)
        return (
            sys.executable,
            "-c",
            f"import sys; sys.stdout.buffer.write({header!r}); sys.stdout.flush(); sys.stdin.read()",
        )


@pytest.mark.parametrize("length", [LONGEST_READING + 1, 1 << 40, 1 << 62, 1 << 63, (1 << 64) - 1])
def test_a_child_that_announces_more_than_any_reading_makes_a_doubt_at_once(length: int) -> None:
    async def job(readers: Readers) -> Reading:
        readers._children = Children(Lying(length=length).command, 1, queue=5, patience=5)
        return await one(COSTLY)(readers)

    with Reader(Lying(length=length)) as reader:
        assert reader.read(COSTLY, scan(COSTLY)).doubts == (DIED,)
    reading, lost = with_readers(job)
    assert (reading.doubts, lost) == ((DIED,), [DIED, DIED])


# What takes all the time that there is

ENDLESS = (
    b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n"
    + b"<i>" * 150_000
    + b"</span>" * 90_000
    + b"\r\n"
)


def test_a_page_that_takes_all_the_time_is_tried_once_and_said_to_be_late() -> None:
    scanned = scan(ENDLESS)
    assert (scanned.costly, scanned.documents) == (True, False)
    reading, lost = with_readers(one(ENDLESS), seconds=1)
    assert (reading.doubts[0], lost) == (LATE, [LATE])
    with Reader(Limits(seconds=1)) as reader:
        assert reader.read(ENDLESS, scanned).doubts[0] == LATE


# It falls silent first and ends a moment later, as any process that is ended does on a busy machine.
SLOW_TO_DIE = "import os, signal, time; os.close(1); time.sleep(0.3); os.kill(os.getpid(), signal.SIGVTALRM)"


def test_how_a_child_ended_is_heard_though_its_silence_was_heard_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Limits, "command", property(lambda limits: (sys.executable, "-c", SLOW_TO_DIE)))
    assert with_readers(one(COSTLY))[1] == [LATE]
    with Reader(Limits()) as reader:
        assert reader.read(COSTLY, scan(COSTLY)).doubts[0] == LATE
