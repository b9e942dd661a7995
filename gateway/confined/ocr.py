"""Ocr(opener): an opener that also reads the text in pictures, by the system's tesseract."""

import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace

from gateway.confined.limits import OCR_SECONDS
from rules.documents.document import Document
from rules.documents.opening import Opener

PROGRAM = "tesseract"
MISSING = (
    "Text in pictures is to be read, and there is no tesseract on this machine: it is not read. "
    "On Debian or Ubuntu: apt install tesseract-ocr"
)
_LEAST = (200, 100)  # pixels; nothing that is smaller is a page or a slide
_MOST = 40_000_000
_PICTURES = 5  # of a file
_ONE = 5.0  # seconds for a picture


def available() -> bool:
    """Return whether tesseract can be found."""
    return shutil.which(PROGRAM) is not None


class Ocr:
    """An opener that adds to a document the text in its pictures; without tesseract it adds nothing."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._program = shutil.which(PROGRAM)
        self._end = 0.0

    def start(self) -> None:
        """A message begins."""
        self._end = time.monotonic() + OCR_SECONDS - _ONE

    def __call__(self, name: str, declared: str, octets: bytes) -> Document | None:
        """The file as it is opened otherwise, with the text in its pictures."""
        found = self._opener(name, declared, octets)
        if found is None or not found.pictures or self._program is None:
            return found
        texts = [found.text, *self._texts(self._program, found.pictures)]
        return replace(found, text="\n".join(text for text in texts if text))

    def _texts(self, program: str, pictures: tuple[bytes, ...]) -> Iterator[str]:
        worth = [picture for picture in pictures if _is_worth_it(picture)]
        for picture in worth[:_PICTURES]:
            if time.monotonic() < self._end:
                yield _text(program, picture)


def _is_worth_it(picture: bytes) -> bool:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture)) as image:
            width, height = image.size
    except (OSError, ValueError, SyntaxError):
        return False
    return width >= _LEAST[0] and height >= _LEAST[1] and width * height <= _MOST


def _text(program: str, picture: bytes) -> str:
    try:
        done = subprocess.run(  # noqa: S603  the system's own program, and octets on its standard input
            [program, "stdin", "stdout"],
            input=picture,
            capture_output=True,
            timeout=_ONE,
            check=False,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (OSError, subprocess.TimeoutExpired):
        # What OCR does not read is what was not read before there was OCR: no doubt.
        return ""
    return done.stdout.decode("utf-8", "replace").replace("\f", "\n").strip()
