"""Each step between two states can be interrupted by a point, or it is said why not; each point is one of these."""

from collections import Counter
from itertools import chain
from pathlib import Path

from gateway.faults import Point
from tests.crash import test_decisions, test_points
from tests.crash.edges import BEFORE_ANY, EDGES, STATES


def test_every_edge_has_a_point_or_a_reason() -> None:
    assert [edge for edge in EDGES if bool(edge.points) is bool(edge.reason)] == []
    assert {*chain.from_iterable(edge.points for edge in EDGES), *BEFORE_ANY} == set(Point)


def test_every_state_is_come_to_and_every_edge_stands_once() -> None:
    for name, states in STATES.items():
        edges = [edge for edge in EDGES if edge.of == name]
        assert {edge.after for edge in edges} >= states
        assert {before for edge in edges for before in edge.before} <= {"new", *states}
    made = Counter((edge.of, before, edge.after) for edge in EDGES for before in edge.before)
    assert made.most_common(1)[0][1] == 1


def test_every_point_is_passed_by_a_test_and_stands_in_the_code() -> None:
    assert {*test_points.PASSED, *test_decisions.PASSED} == set(Point)
    code = "".join(path.read_text() for top in ("gateway", "cli") for path in Path(top).rglob("*.py"))
    for point in Point:
        assert code.count(f"fault(Point.{point.name})") == 1
