"""Documents of every family, made by a few lines of code each, so that a test says what is in its file."""

import base64
import io
import struct
import tarfile
import zipfile
from collections.abc import Mapping, Sequence

from PIL import Image

from rules.documents.document import Document
from rules.documents.opening import document
from rules.documents.whole import whole

_TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"


def opened(octets: bytes, name: str = "file", declared: str = "") -> Document:
    """The file as a reading opens it, with what is in it."""
    found = whole(document, name, declared, octets)
    assert found is not None, "no family reads it"
    return found


def zipped(members: Mapping[str, bytes | str], *, stored: bool = False) -> bytes:
    """A zip file with these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, archive.compression)
    return file.getvalue()


def locked(archive: bytes) -> bytes:
    """A zip file whose members say that they are encrypted."""
    octets = bytearray(archive)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = octets.find(mark)
        while at >= 0:
            octets[at + offset] |= 1
            at = octets.find(mark, at + 4)
    return bytes(octets)


def tarred(members: Mapping[str, bytes]) -> bytes:
    """A tar archive packed by gzip."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def cut(octets: bytes, pieces: int = 40) -> list[bytes]:
    """Beginnings of a file, from none of it to all but its last octet."""
    return [octets[: len(octets) * n // pieces] for n in range(pieces)] + [octets[:-1]]


# Microsoft Office since 2007


def office(parts: Mapping[str, bytes | str]) -> bytes:
    """A package with these parts."""
    return zipped({"[Content_Types].xml": _TYPES, **parts})


def paragraph(text: str) -> str:
    """A paragraph of Word."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def word(content: str, root: str = "document") -> str:
    """A part of a Word document."""
    return f'<w:{root} xmlns:w="{_WORD}">{content}</w:{root}>'


def docx(content: str, **parts: bytes | str) -> bytes:
    """A Word document; further parts by their names with "_" for "/", without their ending."""
    more = {f"{name.replace('_', '/')}.xml": part for name, part in parts.items()}
    return office({"word/document.xml": word(content), **more})


def sheet(*rows: str) -> str:
    """A sheet whose rows are these cells of XML."""
    lines = "".join(f"<row>{row}</row>" for row in rows)
    return f'<worksheet xmlns="{_SHEET}"><sheetData>{lines}</sheetData></worksheet>'


def strings(*texts: str) -> str:
    """A table of shared strings."""
    return f'<sst xmlns="{_SHEET}">{"".join(f"<si><t>{text}</t></si>" for text in texts)}</sst>'


def slide(*texts: str) -> str:
    """A slide, or its notes."""
    lines = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return f'<p:sld xmlns:p="p" xmlns:a="{_DRAWING}">{lines}</p:sld>'


def relations(*targets: str) -> str:
    """Relations that lead out of the package."""
    lines = "".join(
        f'<Relationship Id="r" Type="x/hyperlink" Target="{target}" TargetMode="External"/>'
        for target in targets
    )
    return f'<Relationships xmlns="r">{lines}</Relationships>'


# OpenDocument


def opendocument(kind: str, content: str, **parts: bytes | str) -> bytes:
    """An OpenDocument file of a kind such as "text"; ``styles``, ``meta`` and ``manifest`` are further parts."""
    names = {"manifest": "META-INF/manifest.xml"}
    more = {names.get(name, f"{name}.xml"): part for name, part in parts.items()}
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f'<o:document-content xmlns:o="o" xmlns:text="t" xmlns:table="tb" xmlns:office="of" xmlns:xlink="xl" xmlns:presentation="pr" xmlns:dc="dc">{content}</o:document-content>',
            **more,
        }
    )


# PDF


def pdf(
    *pages: str, extra: Sequence[str] = (), trailer: str = "", page_extra: str = "", info: str = ""
) -> bytes:
    """A PDF whose pages say these lines. ``extra`` are further objects, from number 4 + twice the pages."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R" + (trailer and f" {trailer}") + ">>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {5 + 2 * number} 0 R{page_extra}>>"
        )
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    return _pdf_file([*objects, *extra], info)


def _pdf_file(objects: Sequence[str], info: str) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{info}>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    secret = "<" + "5a" * 32 + ">"
    encrypt = f"<</Filter/Standard/V 1/R 2/O{secret}/U{secret}/P -4>>"
    return pdf("Secret.", extra=(encrypt,), info=f"/Encrypt 6 0 R/ID[{secret}{secret}]")


# Compound files


def compound(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file with these streams, by their paths; each is filled up to 4096 octets."""
    entries: list[tuple[str, int, int, bytes]] = [("Root Entry", 5, 0, b"")]  # name, type, parent, content
    places = {"": 0}
    for path, content in streams.items():
        *folders, name = path.split("/")
        parent = ""
        for folder in folders:
            at = f"{parent}/{folder}"
            if at not in places:
                places[at] = len(entries)
                entries.append((folder, 1, places[parent], b""))
            parent = at
        entries.append((name, 2, places[parent], content.ljust(4096, b"\0")))
    return _compound_file(entries)


def _compound_file(entries: Sequence[tuple[str, int, int, bytes]]) -> bytes:
    sector, none, end = 512, 0xFFFFFFFF, 0xFFFFFFFE
    directory_sectors = -(-len(entries) // 4)
    fat: list[int] = []
    data = b""
    starts = []
    for _, _, _, content in entries:
        count = -(-len(content) // sector)
        starts.append(len(fat) if count else end)
        fat += [len(fat) + n + 1 for n in range(count)]
        if count:
            fat[-1] = end
        data += content.ljust(count * sector, b"\0")
    directory_at = len(fat)
    fat += [directory_at + n + 1 for n in range(directory_sectors)]
    fat[-1] = end
    fat_sectors = next(n for n in range(1, 100) if n * 128 >= len(fat) + n)
    fat_at = len(fat)
    fat += [0xFFFFFFFD] * fat_sectors
    fat += [none] * (fat_sectors * 128 - len(fat))
    directory = b"".join(
        _directory_entry(entries, number, starts[number]) for number in range(len(entries))
    ).ljust(directory_sectors * sector, b"\0")
    header = struct.pack(
        "<8s16x5H6x9I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, fat_sectors, directory_at, 0, 4096, end, 0, end, 0),
    )
    header += struct.pack("<109I", *range(fat_at, fat_at + fat_sectors), *[none] * (109 - fat_sectors))
    return header + data + directory + struct.pack(f"<{len(fat)}I", *fat)


def _directory_entry(entries: Sequence[tuple[str, int, int, bytes]], number: int, start: int) -> bytes:
    none = 0xFFFFFFFF
    name, kind, parent, content = entries[number]
    siblings = [n for n in range(1, len(entries)) if entries[n][2] == parent and n > number]
    children = [n for n in range(1, len(entries)) if entries[n][2] == number]
    wide = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16xI16xIII",
        wide,
        len(wide),
        kind,
        1,
        none,
        siblings[0] if siblings and number else none,
        children[0] if children else none,
        0,
        start,
        len(content),
        0,
    )


# Pictures


def picture(
    kind: str = "PNG", size: tuple[int, int] = (40, 30), exif: Image.Exif | None = None, **options: object
) -> bytes:
    """A picture with something on it, so that it does not shrink to nothing."""
    if exif is not None:
        options["exif"] = exif
    return picture_of(Image.linear_gradient("L").resize(size).convert("RGB"), kind, **options)


def picture_of(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The octets of an image."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def camera(*, place: bool = False) -> Image.Exif:
    """What a camera writes into a photograph; with ``place``, where it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Lumix", "DMC"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    return exif


# DICOM


def dicom(elements: Mapping[tuple[int, int], tuple[str, str]], *, preamble: bool = True) -> bytes:
    """A DICOM file in explicit little endian with these elements: tag to kind and text."""
    syntax = _element((0x0002, 0x0010), "UI", b"1.2.840.10008.1.2.1\0")
    meta = _element((0x0002, 0x0000), "UL", struct.pack("<I", len(syntax))) + syntax
    usual = {(0x0008, 0x0060): ("CS", "CT")}
    body = b"".join(
        _element(tag, kind, text.encode("latin-1"))
        for tag, (kind, text) in sorted((usual | dict(elements)).items())
    )
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OW", 0, 64) + b"\0" * 64
    return b"\0" * 128 + b"DICM" + meta + body + pixels if preamble else body + pixels


def _element(tag: tuple[int, int], kind: str, content: bytes) -> bytes:
    content += b" " * (len(content) % 2)
    return struct.pack("<HH2sH", *tag, kind.encode(), len(content)) + content


def patient(name: str = "", number: str = "", birth: str = "", **options: bool) -> bytes:
    """A DICOM file of that patient."""
    given = {(0x10, 0x10): ("PN", name), (0x10, 0x20): ("LO", number), (0x10, 0x30): ("DA", birth)}
    return dicom({tag: said for tag, said in given.items() if said[1]}, **options)


# Messages


def post(
    *files: tuple[str, bytes], text: str = "See below.", kind: str = "application/octet-stream"
) -> bytes:
    """A message with these files attached."""
    parts = [f"Content-Type: text/plain\r\n\r\n{text}\r\n".encode()]
    parts += [
        f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'.encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(octets).replace(b"\n", b"\r\n")
        for name, octets in files
    ]
    head = b"From: a@b.example\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    return head + b"".join(b"--b\r\n" + part for part in parts) + b"--b--\r\n"
