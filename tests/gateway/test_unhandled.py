"""What asyncio reports is a line in the journal, and no word of what an exception said."""

import asyncio
import io
import json

from gateway.journal import Journal
from gateway.settings import JournalSettings
from gateway.unhandled import Unhandled


def told(*reports: dict[str, object]) -> list[dict[str, object]]:
    lines = io.StringIO()
    loop = asyncio.new_event_loop()
    handler = Unhandled(Journal(JournalSettings(), b"secret", lines))
    for report in reports:
        handler(loop, report)
    loop.close()
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_the_same_report_is_told_once_a_second() -> None:
    tries = [{"message": "no descriptors", "exception": OSError(24, "x")}] * 200
    lines = told(*tries, {"message": "another"})
    assert [line["why"] for line in lines] == ["no descriptors", "another"]
    assert lines[0]["error"] == "OSError"


def test_what_the_exception_said_is_not_told() -> None:
    (line,) = told(
        {"message": "Task exception was never retrieved", "exception": ValueError("ann@member.example")}
    )
    assert "ann" not in json.dumps(line)


def test_nor_what_a_callback_was_given() -> None:
    (line,) = told({"message": "Exception in callback Front.take(b'Dear Ann', 7)", "exception": ValueError()})
    assert line["why"] == "Exception in callback Front.take"


def test_many_kinds_of_report_take_no_more_room() -> None:
    assert len(told(*({"message": f"kind {number}"} for number in range(500)))) == 500
