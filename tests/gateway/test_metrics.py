"""Figures and health, on a port of their own."""

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from gateway.metrics import Metrics, StatusServer


@dataclass
class Status:
    """A running status server, and what it thinks of the service."""

    metrics: Metrics = field(default_factory=Metrics)
    ill: str = ""
    port: int = 0

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@pytest.fixture
def status() -> Iterator[Status]:
    made = Status()
    server = StatusServer(made.metrics, lambda: made.ill)
    _, made.port = server.start("127.0.0.1", 0)
    yield made
    server.stop()


def test_a_service_that_is_well_says_ok(status: Status) -> None:
    assert status.get("/healthz") == (200, "ok\n")


def test_a_service_that_is_ill_says_why(status: Status) -> None:
    status.ill = "stopped: follow"
    assert status.get("/healthz") == (503, "stopped: follow\n")


def test_the_figures_are_prometheus(status: Status) -> None:
    status.metrics.posts.labels("held").inc()
    status.metrics.waiting.set(3)
    code, text = status.get("/metrics")
    assert code == 200
    assert 'gatepost_posts_total{outcome="held"} 1.0' in text
    assert "gatepost_holds_waiting 3.0" in text
    assert "gatepost_possible_duplicate_total 0.0" in text


def test_other_paths_are_not_found(status: Status) -> None:
    assert status.get("/") == (404, "/healthz and /metrics are here\n")
    assert status.get("/metrics/../etc/passwd")[0] == 404


def test_two_gateways_in_one_process_count_for_themselves(status: Status) -> None:
    Metrics().posts.labels("held").inc()
    assert "gatepost_posts_total{" not in status.get("/metrics")[1]


def test_a_port_that_is_taken_is_told(status: Status) -> None:
    with pytest.raises(OSError):
        StatusServer(Metrics(), str).start("127.0.0.1", status.port)
