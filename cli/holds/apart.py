"""Reads a held message for whoever looks at it; a costly one in a confined process."""

from gateway.confined.limits import Limits
from gateway.confined.one import Reader
from gateway.settings import ReaderSettings
from rules.reading import Reading
from rules.scan import scan


def read_safely(octets: bytes, settings: ReaderSettings) -> Reading:
    """The reading of a message; of one too much for the process, what is certain and a doubt."""
    with Reader(Limits(settings.seconds, settings.memory, settings.ocr)) as reader:
        return reader.read(octets, scan(octets))
