"""Everything that reaches the terminal: made harmless, coloured for people only, asked before it is final."""

import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TextIO

from gateway.errors import CouldNotBeDone, GivenWrong

_KEPT = "\n\t"
_MOST_MARKS = 4  # combining marks in a row; more are drawn over the lines above and below
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_COLUMNS = 80  # of a terminal that nobody has widened
_CELL = 48  # widest cell of a table on a terminal


class Ink(Enum):
    """How words stand out on a terminal; each value is an SGR parameter."""

    PLAIN = ""
    BOLD = "1"
    QUIET = "2"
    GOOD = "32"
    BAD = "31"
    CARE = "33"
    HEAD = "1;36"
    QUOTE = "30;43"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words with an ink. Text may be anything a stranger wrote: it is made harmless when printed."""

    text: str
    ink: Ink = Ink.PLAIN


@dataclass
class Unconfirmed(GivenWrong):
    """Something final was asked for by a program, which cannot be asked back."""

    question: str

    def __str__(self) -> str:
        return f'nobody could answer "{self.question}": give --yes, or run it on a terminal; nothing was done'


@dataclass
class Declined(CouldNotBeDone):
    """The person at the terminal said no."""

    def __str__(self) -> str:
        return "nothing was done"


def visible(text: str) -> str:
    """The text with whatever could paint a terminal written as a visible escape; line feed and tab stay.

    C0, DEL, C1, format characters (bidi controls and zero-width ones among
    them), lone surrogates, private use, and combining marks piled higher
    than a letter can carry.

    >>> visible("a\\x1b[2Jb\\u202e")
    'a\\\\x1b[2Jb\\\\u202e'
    """
    if text.isascii() and text.isprintable():
        return text
    out: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        hidden = category in _HIDDEN and character not in _KEPT
        out.append(_escape(character) if hidden or marks > _MOST_MARKS else character)
    return "".join(out)


def _escape(character: str) -> str:
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def one_line(text: str) -> str:
    """The text made harmless and on one line."""
    return visible(" ".join(text.split()))


def on_terminal(stream: TextIO | None = None) -> bool:
    """Whether a person reads what is printed."""
    return (stream or sys.stdout).isatty()


def coloured(stream: TextIO | None = None) -> bool:
    """Whether colours are wanted: a terminal, and no NO_COLOR (no-color.org)."""
    return on_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(*pieces: str | Piece) -> None:
    """Print the pieces as one paragraph on standard output."""
    _print(_painted(pieces, sys.stdout), sys.stdout)


def fold(*pieces: str | Piece, lead: int = 0, hang: int = 2) -> None:
    """Print the pieces as one paragraph of at most 80 columns, broken at blanks.

    ``lead`` blanks stand before its first line, ``hang`` more before the others.
    """
    lines: list[list[Piece]] = [[Piece(" " * lead)]]
    used, blank = lead, ""
    for word in _words(pieces):
        if word.text.isspace():
            blank = " " if used > lead else ""
            continue
        width = len(visible(word.text))
        if blank and used + 1 + width > _COLUMNS:
            lines.append([Piece(" " * (lead + hang))])
            used, blank = lead + hang, ""
        lines[-1] += [Piece(blank), word]
        used, blank = used + len(blank) + width, ""
    for line in lines:
        say(*line)


def _words(pieces: Iterable[str | Piece]) -> Iterator[Piece]:
    for piece in pieces:
        text, ink = (piece, Ink.PLAIN) if isinstance(piece, str) else (piece.text, piece.ink)
        yield from (Piece(word, ink) for word in re.findall(r"\s+|\S+", text))


def complain(sentence: str) -> None:
    """Print one sentence on standard error: what went wrong, where, and what to do."""
    _print(_painted((Piece("gatepost: ", Ink.BAD), one_line(sentence)), sys.stderr), sys.stderr)


def remark(sentence: str) -> None:
    """Print one line on standard error that is no error: something to know, off the data's way."""
    _print(_painted((Piece(one_line(sentence), Ink.QUIET),), sys.stderr), sys.stderr)


def emit(value: Mapping[str, Any]) -> None:
    """Print one JSON object on a line of its own, in ASCII: escapes keep it harmless."""
    text = json.dumps(value, ensure_ascii=True, separators=(", ", ": "))
    _print(text.replace("\x7f", "\\u007f"), sys.stdout)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under heads: drawn on a terminal, else columns padded with spaces and never cut."""
    clean = [tuple(one_line(cell) for cell in row) for row in rows]
    if on_terminal():
        _drawn(heads, clean)
        return
    widths = [max(len(row[place]) for row in [tuple(heads), *clean]) for place in range(len(heads))]
    for row in [tuple(heads), *clean]:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        _print("  ".join(cells).rstrip(), sys.stdout)


def confirm(what: str, *, yes: bool) -> None:
    """Ask ``what``, which has no question mark yet, and return when the person agrees.

    Raises Unconfirmed without a terminal, Declined after a no.
    """
    if yes:
        return
    question = f"{one_line(what)}?"
    if not (sys.stdin.isatty() and on_terminal(sys.stderr)):
        raise Unconfirmed(question)
    _print(_painted((Piece(f"{question} [y/N] ", Ink.BOLD),), sys.stderr), sys.stderr, end="")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Declined


def highlighted(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Piece, ...]:
    """The text in pieces, the spans (code points, in any order) standing out; in [[ ]] without colours."""
    pieces: list[Piece] = []
    done = 0
    for start, end in _joined(spans, len(text)):
        words = text[start:end]
        pieces.append(Piece(text[done:start]))
        pieces.append(Piece(words, Ink.QUOTE) if coloured() else Piece(f"[[{words}]]"))
        done = end
    return (*pieces, Piece(text[done:]))


def _joined(spans: Iterable[tuple[int, int]], length: int) -> tuple[tuple[int, int], ...]:
    """The spans in order and within the text; those that touch or overlap are one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        end = min(end, length)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return tuple(joined)


def _painted(pieces: Iterable[str | Piece], stream: TextIO) -> str:
    colours = coloured(stream)
    out: list[str] = []
    for piece in pieces:
        text, ink = (piece, Ink.PLAIN) if isinstance(piece, str) else (piece.text, piece.ink)
        clean = visible(text)
        out.append(f"\x1b[{ink.value}m{clean}\x1b[0m" if colours and ink.value and clean else clean)
    return "".join(out)


def _drawn(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    # Imported here: rich costs a tenth of a second, which a pipe need not wait for.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=None, pad_edge=False, header_style="bold cyan" if coloured() else "")
    for head in heads:
        drawn.add_column(head, overflow="ellipsis", no_wrap=True, max_width=_CELL)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console(no_color=not coloured(), highlight=False, markup=False, emoji=False).print(drawn)


def _print(text: str, stream: TextIO, end: str = "\n") -> None:
    # A terminal that cannot write a character gets its escape, never a traceback.
    encoding = stream.encoding or "ascii"
    if stream is sys.stderr:
        sys.stdout.flush()  # so that the two come in the order they were said in
    # Flushed, so that a reader who leaves early (`head`) is noticed here and not at exit.
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, end=end, flush=True)
