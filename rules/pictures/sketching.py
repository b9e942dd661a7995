"""sketches_of(pictures): small grey copies of pictures, which are all that is searched later.

Decoding what strangers sent belongs into a process with limits, and is done
there when the message is read; whoever judges has numbers only.
"""

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageStat

from rules.pictures.sketch import Sketch

LONGEST = 512
"""Pixels of a sketch's longer side."""
MOST = 5
"""Pictures of a message that get a sketch: the first of those that are not tiny."""
LEAST = 24
"""Pixels of the shorter side; what is smaller is an icon, or counts who reads."""
LARGEST = 9_000_000
"""Pixels of an unpacked picture, at four octets each and two for its sketch; a page at 300 dpi is smaller."""
_ROOM = 24_000_000  # pixels of a message's pictures: half a second
_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "MPO")
_LIGHT = 200


def sketches_of(pictures: tuple[bytes, ...]) -> Iterator[Sketch | None]:
    """Yield each picture's sketch; None for what cannot be opened, and after a message's first few."""
    count, room = MOST, _ROOM
    for octets in pictures:
        sketch = sketch_of(octets, room) if count else None
        if sketch is not None:
            count, room = count - 1, room - _pixels(octets)
        yield sketch


def sketch_of(octets: bytes, room: int = _ROOM) -> Sketch | None:
    """Return the sketch, or None for what is damaged, tiny, or larger than is unpacked here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(octets), formats=_FORMATS) as image:
                return _sketch(image, min(room, LARGEST))
    except Exception:  # noqa: BLE001  the promise: Pillow may raise anything over damage, which hides nothing
        return None


def _pixels(octets: bytes) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(octets), formats=_FORMATS) as image:
            # A JPEG is unpacked at an eighth of its size where that is enough.
            return image.width * image.height // (4 if image.format in ("JPEG", "MPO") else 1)


def _sketch(image: Image.Image, most: int) -> Sketch | None:
    image.draft("L", (2 * LONGEST, 2 * LONGEST))
    width, height = image.size
    if min(width, height) < LEAST or width * height > most:
        return None
    grey = _grey(image)
    grey.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX, reducing_gap=None)
    return Sketch(*grey.size, grey.tobytes())


def _grey(image: Image.Image) -> Image.Image:
    """Return a picture in grey; what is transparent becomes white, or black where the rest is light."""
    if not image.has_transparency_data:
        return image.convert("L")
    seen = image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
    small = max(1, max(image.size) // (2 * LONGEST))
    # Each made small as it comes: there may be nine million pixels.
    grey, alpha = seen.convert("L").reduce(small), seen.getchannel("A").reduce(small)
    light = bool(alpha.getextrema()[1]) and ImageStat.Stat(grey, alpha).mean[0] > _LIGHT
    ground = Image.new("L", grey.size, 0 if light else 255)
    ground.paste(grey, mask=alpha)
    return ground
