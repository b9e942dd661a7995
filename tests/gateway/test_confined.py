"""A confined process opens what is attached: what it may spend, and what becomes of a file that is too much."""

import base64
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw

from gateway.confined.frames import DIED, Closed
from gateway.confined.limits import Limits
from gateway.confined.one import Reader
from rules import reading
from rules.documents.document import DocumentFact
from rules.reading import Reading
from rules.scan import scan
from tests.given.documents import docx, paragraph, patient, pdf, picture, picture_of, post, zipped
from tests.given.tools import needed


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(Limits()) as one:
        yield one


def read(reader: Reader, octets: bytes) -> Reading:
    return reader.read(octets, scan(octets))


def shown(reading: Reading, zone: str) -> str:
    found = reading.zone(zone)
    return found.text if found else ""


def bomb() -> bytes:
    """A PDF of 300 KB whose page has five million letters, each an object of its own."""
    page = zlib.compress(b"BT /F1 12 Tf (a) Tj ET " * 5_000_000, 1)
    stream = f"<</Filter/FlateDecode/Length {len(page)}>>stream\n{page.decode('latin-1')}\nendstream"
    return pdf("x", extra=(stream,)).replace(b"/Contents 5 0 R", b"/Contents 6 0 R")


FILES = (("a.pdf", pdf("Jo is away.")), ("b.png", picture()), ("c.dcm", patient("SMITH^JO")))


@pytest.mark.parametrize("program", ["gateway.confined.child", "gateway.authentication.child"])
def test_a_confined_process_has_nothing_of_the_loop_or_the_store(program: str) -> None:
    told = f"import sys, {program}; print(*sys.modules)"
    ran = subprocess.run((sys.executable, "-P", "-c", told), capture_output=True, check=True, text=True)
    assert not {"asyncio", "sqlite3", "sqlalchemy"} & set(ran.stdout.split())


def test_documents_are_read_and_their_cost_is_counted(reader: Reader) -> None:
    before = reader.spent
    found = read(reader, post(*FILES))
    assert shown(found, "attachment-1") == "Jo is away."
    assert len(found.pictures) == 1
    assert found.attachments[2].facts == {DocumentFact.PATIENT}
    assert not found.doubts
    assert reader.spent - before < 0.3, "loading libraries is not the message's"


def test_a_file_that_kills_the_process_is_a_doubt_and_the_next_message_is_read(reader: Reader) -> None:
    found = read(reader, post(("a.pdf", bomb()), text="Dear all"))
    assert found.doubts == (DIED, "The attachment a.pdf was not opened.")
    assert shown(found, "own") == "Dear all", "the words are judged all the same"
    assert shown(read(reader, post(("a.pdf", pdf("Jo is away.")))), "attachment-1") == "Jo is away."


def test_the_largest_message_that_is_taken_fits_into_the_memory(reader: Reader) -> None:
    octets = post(("data.bin", random.Random(1).randbytes(19_000_000)))
    assert not read(reader, octets).doubts
    assert not read(reader, octets).doubts, "and again"


def test_a_document_that_the_scan_did_not_see_is_opened_apart_all_the_same(reader: Reader) -> None:
    hidden = post(("a.txt", pdf("Jo is away."))).replace(b"JVBERi0", b"!" * 500 + b"\r\nJVBERi0")
    assert not scan(hidden).costly
    closed = Closed()
    assert not shown(reading.read(hidden, scan(hidden), closed), "attachment-1"), "not on the loop"
    assert closed.met
    assert shown(read(reader, hidden), "attachment-1") == "Jo is away."


# The clock

_SLOW = """
import sys
from gateway.confined import clock
from rules.documents.document import Document
def slow(name, declared, octets):
    if name != "slow": return Document("pdf", text="read")
    while True:
        {busy}
clock.document = slow
clock.reader_of = lambda kind: None
watch = clock.Clock(1)
for _ in range(2):
    watch.start()
    for name in ("fast", "slow", "fast"):
        print(watch.opener(name, "", b"%PDF-"), flush=True)
"""


def timed(busy: str) -> subprocess.CompletedProcess[str]:
    program = _SLOW.format(busy=busy)
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )


def test_a_file_that_takes_too_long_is_a_doubt_and_the_process_goes_on() -> None:
    done = timed("sum(range(1000))")
    assert done.returncode == 0
    first = done.stdout.splitlines()[:3]
    assert "text='read'" in first[0]
    assert "takes longer to open than it may" in first[1]
    assert "other files took all the time" in first[2]
    assert done.stdout.splitlines()[3:] == first, "the next message has its own time"


def test_a_file_that_was_stopped_took_all_the_time_whatever_the_clock_says() -> None:
    early = "import os, signal; os.kill(os.getpid(), signal.SIGPROF)"
    first = timed(early).stdout.splitlines()[:3]
    assert "takes longer to open than it may" in first[1]
    assert "other files took all the time" in first[2]


def test_what_cannot_be_interrupted_is_ended() -> None:
    done = timed("\n        try: sum(range(1000))\n        except BaseException: pass")
    assert done.returncode < 0
    assert len(done.stdout.splitlines()) == 1


# Text in pictures


def page(words: str) -> bytes:
    image = Image.new("RGB", (700, 120), "white")
    ImageDraw.Draw(image).text((30, 40), words, fill="black", font_size=36)
    return picture_of(image)


def test_the_text_in_pictures_is_read_where_that_is_wanted() -> None:
    needed("tesseract", "apt install tesseract-ocr")
    octets = post(
        ("a.png", page("Please vote for the Blue Party")),
        ("b.zip", zipped({"c.png": page("Patient: John Smith")})),
        ("d.docx", docx(paragraph("Nothing in pictures."))),
        ("e.png", picture()),
    )
    with Reader(Limits(ocr=True)) as reader:
        found = read(reader, octets)
    assert shown(found, "attachment-1") == "Please vote for the Blue Party"
    assert "Patient: John Smith" in shown(found, "attachment-2")
    assert shown(found, "attachment-3") == "Nothing in pictures."
    assert not found.doubts


def test_it_is_not_read_otherwise(reader: Reader) -> None:
    assert not shown(read(reader, post(("a.png", page("Please vote")))), "attachment-1")


def test_a_picture_that_tesseract_cannot_read_is_no_doubt() -> None:
    needed("tesseract", "apt install tesseract-ocr")
    half = base64.b64decode(base64.b64encode(picture(size=(400, 300)))[:400])
    with Reader(Limits(ocr=True)) as reader:
        assert not read(reader, post(("a.png", half))).doubts
