"""read_picture(octets): a picture's dimensions, camera, place and texts; its pixels are not decoded."""

import io
import logging
import re
import struct
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from PIL import ExifTags, Image

from rules.documents.document import Document, DocumentFact, Draft, Refused
from rules.documents.markup import read_markup

# It tells of damage in log lines; ours is the only journal.
logging.getLogger("PIL").setLevel(logging.CRITICAL)

_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "MPO", "JPEG2000")
_HEIF = (b"heic", b"heix", b"hevc", b"heif", b"mif1", b"msf1", b"avif", b"avis")
_PHOTOGRAPH = 1_000_000  # pixels of a JPEG that is a photograph rather than a logo
_TEXTS = {
    ExifTags.Base.ImageDescription: "Description",
    ExifTags.Base.Artist: "Artist",
    ExifTags.Base.Copyright: "Copyright",
    ExifTags.Base.DocumentName: "Document",
    ExifTags.Base.HostComputer: "Computer",
    ExifTags.Base.XPTitle: "Title",
    ExifTags.Base.XPComment: "Comment",
    ExifTags.Base.XPAuthor: "Author",
    ExifTags.Base.XPKeywords: "Keywords",
    ExifTags.Base.XPSubject: "Subject",
    ExifTags.Base.UserComment: "Comment",
    ExifTags.Base.CameraOwnerName: "Owner",
}
# What Pillow raises for damaged files, most of it in their EXIF; UnidentifiedImageError is an OSError.
_DAMAGE = (
    *(OSError, EOFError, SyntaxError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError),
    struct.error,
)
_SAID = ("Headline", "Credit", "Source", "CaptionWriter", "City")
_PACKET_CAP = 1024 * 1024
_CHUNKS_MOST = 100
_UNTOLD = frozenset({"XML:com.adobe.xmp", "Raw profile type exif", "Raw profile type xmp", "exif", "xmp"})
_CHARACTER_CODES = (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0", b"\0" * 8)
_GPS_LATITUDE, _GPS_LONGITUDE = 2, 4


def read_picture(octets: bytes) -> Document:
    """Return what a picture says; one that is damaged says nothing. Raises Refused for a bomb."""
    draft = Draft("picture")
    draft.facts.add(DocumentFact.PICTURE)
    if octets[4:8] == b"ftyp" and octets[8:12] in _HEIF:
        # Pillow does not read it, and only telephones and cameras write it.
        draft.facts.add(DocumentFact.PHOTOGRAPH)
        return draft.done()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(octets), formats=_FORMATS) as image:
                _describe(draft, image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise Refused("has more pixels than any screen or camera, as only a bomb has") from bomb
    except _DAMAGE:
        # Half a picture is what mail often brings, and hides nothing from its reader.
        return draft.done()
    draft.picture(octets)
    return draft.done()


def _describe(draft: Draft, image: Image.Image) -> None:
    draft.pixels = image.size
    for name, value in _told(draft, image):
        draft.property(name, value)
    exif = image.getexif()
    details = {**exif, **exif.get_ifd(ExifTags.IFD.Exif)}
    for tag, label in _TEXTS.items():
        draft.property(label, _text(details.get(tag)))
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if place.get(_GPS_LATITUDE) and place.get(_GPS_LONGITUDE):
        draft.facts.add(DocumentFact.GPS)
    if _is_photograph(image, details):
        draft.facts.add(DocumentFact.PHOTOGRAPH)
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if packet:
        _read_xmp(draft, packet.encode() if isinstance(packet, str) else bytes(packet))


def _is_photograph(image: Image.Image, details: Mapping[int, Any]) -> bool:
    if details.get(ExifTags.Base.Make) or details.get(ExifTags.Base.Model):
        return details.get(ExifTags.Base.ExposureTime) is not None or image.format in ("JPEG", "MPO")
    long, short = max(image.size), min(image.size)
    return image.format in ("JPEG", "MPO") and long * short >= _PHOTOGRAPH and long <= 2 * short


def _told(draft: Draft, image: Image.Image) -> Iterator[tuple[str, str]]:
    """Yield the texts that PNG, GIF and JPEG carry beside the picture."""
    for number, (name, value) in enumerate(image.info.items()):
        if number >= _CHUNKS_MOST:
            draft.doubt(f"has more texts beside the picture than the {_CHUNKS_MOST} that are read")
            return
        told = name == "comment" or (image.format == "PNG" and isinstance(value, str))
        if told and name not in _UNTOLD:
            yield str(name).capitalize(), _text(value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes | tuple):
        return ""
    octets = bytes(value) if all(isinstance(one, int) and 0 <= one < 256 for one in value) else b""
    for code in _CHARACTER_CODES:
        if octets.startswith(code):
            charset = "utf-16" if code.startswith(b"UNICODE") else "latin-1"
            return octets[8:].decode(charset, "ignore")
    charset = "utf-16-le" if octets[1:2] == b"\0" else "utf-8"
    return octets.decode(charset, "replace")


class _Packet:
    """Takes an XMP packet: its texts, and whether it names a place."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._words: list[str] = []

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("GPSLatitude", "GPSLongitude") or "GPSLatitude" in attributes:
            self._draft.facts.add(DocumentFact.GPS)
        for label in _SAID:
            self._draft.property(label, attributes.get(label, ""))
        self._words = []

    def end(self, name: str) -> None:
        if name == "li":
            self._draft.property("Said of the picture", "".join(self._words))
        self._words = []

    def text(self, text: str) -> None:
        self._words.append(text)


def _read_xmp(draft: Draft, packet: bytes) -> None:
    start = re.search(rb"<(?:x:xmpmeta|rdf:RDF)", packet)
    if start is None:
        return
    if len(packet) > _PACKET_CAP:
        draft.doubt(f"has a description of more than the {_PACKET_CAP} octets that are read")
    try:
        read_markup((packet[start.start() : _PACKET_CAP].rstrip(b"\0 \r\n\t"),), _Packet(draft))
    except Refused:
        # A packet that is no XML is shown to nobody.
        return
