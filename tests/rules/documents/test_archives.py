"""Archives: their files' names, and the files, one level deep; bombs, quines and locks are doubts."""

import bz2
import gzip
import io
import lzma
import tarfile
import time
from collections.abc import Callable

import pytest

from rules.documents.container import INFLATED_CAP
from rules.documents.document import DocumentFact
from tests.given.documents import cut, docx, locked, opened, paragraph, pdf, picture, tarred, zipped

FILES = {
    "notes.txt": b"See https://a.example/x",
    "sub/rota.pdf": pdf("Jo is away."),
    "data.mat": b"\x01\0\x02\0" * 9,
}


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_the_files_are_named_and_read(pack: object) -> None:
    found = opened(pack(FILES))  # type: ignore[operator]
    assert found.names == ("notes.txt", "sub/rota.pdf", "data.mat")
    assert found.text == "notes.txt:\nSee https://a.example/x\nsub/rota.pdf:\nJo is away."
    assert [link.target for link in found.links] == ["https://a.example/x"]
    assert not found.doubts


def test_pictures_and_facts_of_the_files_are_the_archives() -> None:
    logo = picture()
    found = opened(zipped({"logo.png": logo, "a.docx": docx("", word_vbaProject="")}))
    assert found.pictures == (logo,)
    assert DocumentFact.PICTURE in found.facts


def test_an_archive_in_an_archive_is_listed_and_not_read() -> None:
    found = opened(zipped({"inner.zip": zipped({"secret.txt": b"Smith", "a.exe": b"MZ"})}))
    assert found.names == ("inner.zip", "inner.zip/secret.txt", "inner.zip/a.exe")
    assert "Smith" not in found.text
    assert found.facts == {DocumentFact.NESTED_ARCHIVE}
    assert DocumentFact.NESTED_ARCHIVE in opened(zipped({"a.7z": b"7z\xbc\xaf\x27\x1c\0\4"})).facts
    assert DocumentFact.NESTED_ARCHIVE in opened(zipped({"a.tgz": tarred(FILES)})).facts


def test_a_document_in_an_archive_is_no_archive_in_an_archive() -> None:
    found = opened(zipped({"a.docx": docx(paragraph("Dear all"))}))
    assert "Dear all" in found.text
    assert not found.facts


def test_nesting_without_end_ends_at_the_first_level() -> None:
    octets = zipped({"end.txt": b"x"})
    for _ in range(30):
        octets = zipped({"again.zip": octets})
    assert opened(octets).names == ("again.zip", "again.zip/again.zip")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_packed_file_is_read(pack: object) -> None:
    found = opened(pack(b"name,dose\nJo,3\n"), "table.csv.gz")  # type: ignore[operator]
    assert found.names == ("table.csv",)
    assert "Jo,3" in found.text


def test_an_archive_of_another_kind_is_a_fact_and_no_doubt() -> None:
    found = opened(b"Rar!\x1a\x07\x01\0")
    assert found.facts == {DocumentFact.UNOPENED_ARCHIVE}
    assert not found.doubts


def test_what_is_locked_is_said_to_be_and_its_names_are_read() -> None:
    found = opened(locked(zipped(FILES)))
    assert found.doubts == ("is locked with a password",)
    assert DocumentFact.ENCRYPTED in found.facts
    assert found.names == tuple(FILES)


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    found = opened(zipped({"a.txt": b"\0" * 30_000_000}))
    assert "as only a bomb does" in found.doubts[0]


def test_many_files_that_unpack_to_much_are_a_doubt() -> None:
    found = opened(zipped({f"{n}.txt": b"word " * 200_000 for n in range(40)}))
    assert any("unpacks to more than" in why for why in found.doubts)


def test_a_packed_bomb_is_unpacked_only_so_far() -> None:
    assert not opened(gzip.compress(b"\0" * 50_000_000, 1), "a.gz").text


def test_more_files_than_are_looked_at_are_a_doubt() -> None:
    assert "4000 files" in opened(zipped({f"{n}": b"" for n in range(4001)})).doubts[0]
    assert "200 documents" in opened(zipped({f"{n}.txt": b"x" for n in range(210)})).doubts[0]


def test_a_damaged_file_within_is_named() -> None:
    found = opened(zipped({"good.txt": b"Good.", "bad.pdf": b"%PDF-1.4\n"}))
    assert found.doubts == ("holds bad.pdf, which is damaged: it cannot be opened as a PDF",)
    assert "Good." in found.text


def test_any_beginning_of_an_archive_is_opened_without_an_exception() -> None:
    for octets in (*cut(zipped(FILES)), *cut(tarred(FILES))):
        if octets:
            opened(octets, "a.zip")


_HIDING = b"<p>Hello</p><p style='display:none'>vote for blue</p><a href='https://a.example/x'>b</a>"


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        ("page.html", _HIDING),
        ("m.eml", b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n" + _HIDING),
    ],
)
def test_what_a_page_in_an_archive_hides_is_read(name: str, octets: bytes) -> None:
    found = opened(zipped({name: octets}))
    assert "vote for blue" in found.text
    assert "https://a.example/x" in [link.target for link in found.links]
    assert not found.doubts


def test_a_page_in_an_archive_that_is_not_all_looked_at_is_a_doubt() -> None:
    page = b"<i hidden>" + b"x<b hidden>" * 30_000
    letter = b"From: a@b.example\r\nSubject: x\r\nContent-Type: text/html\r\n\r\n" + page
    assert "hidden text" in opened(zipped({"page.html": page})).doubts[0]
    assert "hidden text" in opened(zipped({"m.eml": letter})).doubts[0]
    assert "octets" in opened(zipped({"page.html": b"<i></i>" * 200_000 + b"x"})).doubts[0]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_streams_that_follow_one_another_are_all_read(pack: Callable[[bytes], bytes]) -> None:
    packed = pack(b"Dear all,\n") + pack(b"vote for blue")
    found = opened(packed, "a.txt.gz")
    assert "Dear all,\nvote for blue" in found.text
    assert not found.doubts
    assert not opened(packed + bytes(512), "a.txt.gz").doubts
    assert "ends before" in opened(packed[:-12], "a.txt.gz").doubts[0]
    assert "behind its end" in opened(packed + b"more", "a.txt.gz").doubts[0]
    assert "pieces" in opened(pack(b"a") * 200, "a.txt.gz").doubts[0]


def test_what_is_packed_beyond_the_cap_is_a_doubt() -> None:
    assert "more than" in opened(gzip.compress(bytes(INFLATED_CAP + 1)), "a.bin.gz").doubts[0]
    assert not opened(gzip.compress(bytes(INFLATED_CAP)), "a.bin.gz").doubts


def _tape(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def test_a_tape_of_which_programs_show_different_files_is_a_doubt() -> None:
    assert "same name" in opened(_tape(("a.txt", b"vote for blue"), ("a.txt", b"Hello"))).doubts[0]
    one, other = _tape(("a.txt", b"Hello")), _tape(("b.txt", b"vote for blue"))
    assert not opened(one).doubts
    assert "behind its end" in opened(one + other).doubts[0]


def test_many_names_are_listed_in_linear_time() -> None:
    octets = zipped({f"inner{n}.zip": zipped({f"{m}": b"" for m in range(90)}) for n in range(40)})
    begun = time.process_time()
    assert len(opened(octets).names) > 3000
    assert time.process_time() - begun < 1
