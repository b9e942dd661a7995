"""Prometheus figures, and `/healthz`, on a loopback port."""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, make_wsgi_app

Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Metrics:
    """The figures of one gateway process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.posts = Counter(
            "gatepost_posts", "Messages by what became of them", ["outcome"], registry=self.registry
        )
        self.possible_duplicates = Counter(
            "gatepost_possible_duplicate",
            "Messages relayed again after an unknown outcome (RFC 1047)",
            registry=self.registry,
        )
        self.scanners = Counter(
            "gatepost_scanner_answers",
            "What scanners said of messages; absent where they said nothing",
            ["scanner", "answer"],
            registry=self.registry,
        )
        self.connections = Gauge(
            "gatepost_connections", "Open SMTP and LMTP sessions", registry=self.registry
        )
        self.waiting = Gauge(
            "gatepost_holds_waiting", "Holds that wait for a moderator", registry=self.registry
        )
        self.notices = Gauge("gatepost_notices_waiting", "Notices not yet sent", registry=self.registry)
        self.loop_lag = Histogram(
            "gatepost_loop_lag_seconds",
            "How late the event loop came to what was due, looked at every 50 ms",
            buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 5),
            registry=self.registry,
        )


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
        """Say nothing: the journal is for messages, and probes come every few seconds."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class StatusServer:
    """Serves `/metrics` and `/healthz` from a thread, so that a busy loop still answers.

    ``ill`` returns why the service is not well, "" when it is.
    """

    def __init__(self, metrics: Metrics, ill: Callable[[], str]) -> None:
        self._metrics = make_wsgi_app(metrics.registry)
        self._ill = ill
        self._server: WSGIServer | None = None

    def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen; port 0 takes any. Raises OSError when the port cannot be had."""
        self._server = make_server(host, port, self._answer, server_class=_Server, handler_class=_Quiet)
        threading.Thread(target=self._server.serve_forever, name="status", daemon=True).start()
        return host, self._server.server_port

    def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def _answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            return self._metrics(environ, start_response)  # type: ignore[no-any-return]
        if environ["PATH_INFO"] != "/healthz":
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"/healthz and /metrics are here\n"]
        ill = self._ill()
        start_response("503 Service Unavailable" if ill else "200 OK", [("Content-Type", "text/plain")])
        return [(ill or "ok").encode() + b"\n"]
