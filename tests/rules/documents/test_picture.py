"""Pictures: dimensions, camera, place and texts; a damaged one is no doubt, a bomb is."""

import struct
import zlib

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from rules.documents.document import DocumentFact
from tests.given.documents import camera, cut, opened, picture

XMP = (
    b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="r"><rdf:Description'
    b' xmlns:photoshop="p" xmlns:dc="d" photoshop:Credit="Jo"><dc:title><rdf:Alt><rdf:li>Bay 3</rdf:li>'
    b"</rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
)


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "TIFF", "WEBP", "BMP"])
def test_a_picture_has_its_size_and_is_kept(kind: str) -> None:
    octets = picture(kind, (400, 300))
    found = opened(octets, "a.bmp")
    assert found.pixels == (400, 300)
    assert found.pictures == (octets,)
    assert found.facts == {DocumentFact.PICTURE}


def test_a_photograph_is_what_a_camera_wrote_or_has_its_size() -> None:
    assert DocumentFact.PHOTOGRAPH in opened(picture("JPEG", exif=camera())).facts
    assert DocumentFact.PHOTOGRAPH in opened(picture("JPEG", (1600, 1200))).facts
    assert DocumentFact.PHOTOGRAPH not in opened(picture("JPEG", (1600, 200))).facts
    assert DocumentFact.PHOTOGRAPH not in opened(picture("PNG", (1600, 1200))).facts
    assert DocumentFact.PHOTOGRAPH in opened(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").facts


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_it_was_taken_is_a_fact(kind: str) -> None:
    assert DocumentFact.GPS in opened(picture(kind, exif=camera(place=True))).facts
    assert DocumentFact.GPS not in opened(picture(kind, exif=camera())).facts


def test_texts_of_a_picture_are_read() -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x9C9B] = "Bay 3, patient Smith", "The title".encode("utf-16-le")
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0A comment"
    assert opened(picture("JPEG", exif=exif)).properties == (
        "Description: Bay 3, patient Smith",
        "Title: The title",
        "Comment: A comment",
    )
    texts = PngInfo()
    texts.add_text("Author", "Jo Tern")
    texts.add_itxt("Title", "Größe")
    assert set(opened(picture(pnginfo=texts)).properties) == {"Author: Jo Tern", "Title: Größe"}
    assert opened(picture("GIF", comment=b"made by Jo")).properties == ("Comment: made by Jo",)


def test_a_packet_of_xmp_is_read() -> None:
    assert opened(picture("JPEG", xmp=XMP)).properties == ("Credit: Jo", "Said of the picture: Bay 3")
    assert opened(picture("JPEG", xmp=XMP[:-60])).properties


@pytest.mark.parametrize("size", [(50_000, 50_000), (12_000, 10_000)])
def test_a_bomb_is_a_doubt(size: tuple[int, int]) -> None:
    assert "pixels" in opened(png(*size)).doubts[0]


def test_a_picture_from_a_large_camera_is_none() -> None:
    assert opened(png(9000, 6000)).pixels == (9000, 6000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "TIFF", "WEBP"])
def test_half_a_picture_is_no_doubt(kind: str) -> None:
    whole = picture(kind, exif=camera(place=True)) if kind != "GIF" else picture(kind)
    for octets in cut(whole, 60)[3:]:
        assert not opened(octets).doubts


def test_exif_that_is_nonsense_is_no_doubt() -> None:
    octets = picture("JPEG", exif=camera(place=True))
    at = octets.index(b"Exif\0\0") + 14
    for n in range(0, 200, 3):
        broken = octets[: at + n] + b"\xff\xff\xff" + octets[at + n + 3 :]
        assert not opened(broken).doubts
