"""The whole gateway in one process: it starts, follows what is published, tells how it is, and stops in order."""

import asyncio
import http.client
import json
import re
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select, update

import gateway.follow
from gateway import transactions, versions
from gateway.addresses import Kind, Served
from gateway.service import PortTaken, Service
from gateway.settings import (
    HttpSettings,
    LmtpSettings,
    QuotaSettings,
    Settings,
    SmtpSettings,
    SmtpsSettings,
    StoreSettings,
    TlsSettings,
)
from gateway.store.database import Store
from gateway.store.disk import DiskRoom
from gateway.store.errors import StoreNewer
from gateway.store.tables import POLICY_VERSION, TRANSACTION
from tests.given import certificate
from tests.given.behaviour import Behaviour
from tests.given.client import post, submit
from tests.given.front import Client
from tests.given.gate import CHEMISTRY, CLEAN, FLAGGED, PHYSICS, served
from tests.given.nameserver import nameserver
from tests.given.scanners import FOUND, StandIn
from tests.given.signing import key, signed
from tests.given.sink import Sink
from tests.given.store import arrival, new_store

T = TypeVar("T")


@dataclass
class Place:
    """A folder with a store, in which one list is served."""

    folder: Path
    sink: Sink
    capsys: pytest.CaptureFixture[str]
    quotas: QuotaSettings = field(default_factory=QuotaSettings)

    def settings(self, **more: object) -> Settings:
        values = {
            "smtp": SmtpSettings(listen="127.0.0.1:0", hostname="gate.example"),
            "lmtp": LmtpSettings(listen="127.0.0.1:0"),
            "http": HttpSettings(listen="127.0.0.1:0"),
            "quotas": self.quotas,
            "store": StoreSettings(url=f"sqlite:///{self.folder / 'gatepost.db'}", min_free=0),
        }
        return Settings(**values | more)  # type: ignore[arg-type]

    def store(self) -> Store:
        return Store.open(f"sqlite:///{self.folder / 'gatepost.db'}")

    def publish(self, one: Served) -> None:
        """Publish as another process would."""
        self.write(lambda c: versions.publish(c, one.policy, "mod@lists.example", "test", datetime.now(UTC)))

    def write(self, job: Callable[[Connection], object]) -> None:
        store = self.store()
        store.write(job)
        store.close()

    def run(self, job: Callable[[Service], Awaitable[T]], **more: bool) -> T:
        """What ``job`` returns, given a service that is stopped afterwards."""

        async def run() -> T:
            service = Service(self.settings(), **more)
            await service.start()
            try:
                return await job(service)
            finally:
                await service.stop(5)

        return asyncio.run(run())

    def events(self, name: str) -> list[dict[str, object]]:
        """The lines of one event since the last look."""
        lines = [json.loads(line) for line in self.capsys.readouterr().out.splitlines()]
        return [line for line in lines if line["event"] == name]


@pytest.fixture
def place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Place]:
    with Sink("smtp") as sink:
        new_store(tmp_path).close()
        made = Place(tmp_path, sink, capsys)
        made.publish(served(sink.url))
        yield made


def at(service: Service, protocol: str) -> tuple[str, int]:
    host, _, port = service.ports[protocol].rpartition(":")
    return host, int(port)


def sent(service: Service, octets: bytes) -> Awaitable[tuple[int, str]]:
    return asyncio.to_thread(submit, at(service, "smtp"), octets)


def got(service: Service, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(*at(service, "http"), timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


async def until(true: Callable[[], bool], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  what another process does has no event
            await asyncio.sleep(0.02)


def test_it_takes_mail_as_soon_as_it_has_started_and_says_where(place: Place) -> None:
    async def job(service: Service) -> tuple[int, str]:
        assert set(service.ports) == {"smtp", "lmtp", "http"}
        return await sent(service, CLEAN)

    code, text = place.run(job)
    assert (code, "relayed" in text) == (250, True)
    assert len(place.sink.received) == 1
    lines = place.capsys.readouterr().out.splitlines()
    events = [json.loads(line)["event"] for line in lines]
    assert [event for event in events if event != "audit_head"] == ["started", "relayed", "stopped"]


def test_with_a_resolver_it_asks_who_wrote_a_post_and_without_one_nobody(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def job(service: Service) -> None:
        code, text = await sent(service, signed())
        assert (code, "relayed" in text) == (250, True)

    with nameserver({"s1._domainkey.member.example": [key()]}) as dns:
        place.run(job)
        assert dns.asked == []
        monkeypatch.setenv("GATEPOST_AUTHENTICATION__RESOLVER", dns.address)
        place.run(job)
        assert ("s1._domainkey.member.example", "TXT") in dns.asked
    found = [line.get("authentication") for line in place.events("relayed")]
    assert found == [None, {PHYSICS: "dmarc=none dkim=pass spf=unknown local"}]


def test_stopping_answers_what_is_on_its_way(place: Place) -> None:
    place.sink.behaviour = Behaviour(delays={"DOT": 0.6})

    def converse(service: Service) -> tuple[str, ...]:
        with Client(at(service, "smtp")) as client:
            client.begin()
            return client.post(CLEAN), *client.rest()

    async def run() -> tuple[str, ...]:
        service = Service(place.settings())
        await service.start()
        client = asyncio.create_task(asyncio.to_thread(converse, service))
        await until(lambda: b"DATA" in place.sink.commands)
        await service.stop(5)
        return await client

    answer, *rest = asyncio.run(run())
    assert answer.startswith("250 2.0.0 Ok: relayed")
    assert rest in ([], ["421 4.3.2 Service shutting down, try again"])


def test_all_ports_are_drained_at_once(place: Place) -> None:
    pair = certificate.make(place.folder)
    settings = place.settings(
        smtps=SmtpsSettings(listen="127.0.0.1:0"),
        tls=TlsSettings(certificate=str(pair[0]), key=str(pair[1])),
    )

    def half_a_post(service: Service, protocol: str) -> Client:
        client = Client(at(service, protocol), greet=protocol != "smtps")
        if protocol == "smtps":
            client.secure(certificate.trusting(pair[0]))
            assert client.reply().startswith("220")
        client.begin(hello="LHLO x" if protocol == "lmtp" else "EHLO x")
        client.send(b"Subject: half\r\n")
        return client

    async def run() -> float:
        service = Service(settings)
        await service.start()
        clients = [await asyncio.to_thread(half_a_post, service, name) for name in ("smtp", "smtps", "lmtp")]
        began = asyncio.get_running_loop().time()
        await service.stop(1.5)  # which each of them uses up
        took = asyncio.get_running_loop().time() - began
        for client in clients:
            client.socket.close()
        return took

    assert 1.5 <= asyncio.run(run()) < 3


def test_what_another_process_publishes_is_judged_by_within_a_second(place: Place) -> None:
    async def job(service: Service) -> None:
        before = service.gate.directory.named(PHYSICS)
        assert service.gate.directory.find(CHEMISTRY.encode()).kind is Kind.UNKNOWN
        await asyncio.to_thread(place.publish, served(place.sink.url, CHEMISTRY, packs=()))
        await until(lambda: service.gate.directory.find(CHEMISTRY.encode()).kind is Kind.POSTING)
        after = service.gate.directory.named(PHYSICS)
        assert before is not None
        assert after is not None
        assert after.policy is before.policy, "what did not change is not compiled again"

    place.run(job)
    assert place.events("published")[-1]["lists"] == {CHEMISTRY: 1, PHYSICS: 1}


def test_what_is_published_between_reading_and_following_is_not_missed(place: Place) -> None:
    async def job(service: Service) -> None:
        # Without a pause: the follower has not looked yet.
        place.publish(served(place.sink.url, action="reject"))
        await until(lambda: service.gate.directory.lists[0].number == 2)

    place.run(job)


def test_its_own_commits_make_it_compile_nothing(place: Place) -> None:
    async def job(service: Service) -> None:
        directory = service.gate.directory
        await sent(service, CLEAN)
        await asyncio.sleep(0.6)
        assert service.gate.directory is directory

    place.run(job)


def test_a_published_policy_that_cannot_be_read_leaves_the_one_in_force(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway.follow, "AFTER_TROUBLE", 0.1)

    def spoil(connection: Connection) -> None:
        rows = update(POLICY_VERSION).where(POLICY_VERSION.c.number == 2)
        connection.execute(rows.values(canonical=b"\x00not even compressed"))

    async def job(service: Service) -> None:
        await asyncio.to_thread(place.publish, served(place.sink.url, action="reject"))
        place.write(spoil)
        await asyncio.sleep(1)
        assert "held" in (await sent(service, FLAGGED))[1]
        assert got(service, "/healthz") == (200, "ok\n")
        await asyncio.to_thread(place.publish, served(place.sink.url, status="off"))
        await until(lambda: service.gate.directory.lists[0].number == 3)
        assert "relayed" in (await sent(service, post("vote for the other party")))[1]

    place.run(job)
    assert len(place.events("follow_failed")) >= 1


def test_what_was_in_flight_is_unknown_after_a_start(place: Place) -> None:
    post_before = arrival(CLEAN)
    place.write(lambda c: transactions.begin(c, post_before))

    async def nothing(service: Service) -> None:
        assert service.ports == {}

    place.run(nothing, with_fronts=False)
    assert place.events("recovered") == [], "only who takes mail knows that nothing is in flight"

    async def job(service: Service) -> None:
        assert service.ports

    place.run(job)
    (event,) = place.events("recovered")
    assert event["transactions"] == 1
    store = place.store()
    states = store.read(lambda c: c.execute(select(TRANSACTION.c.state)).scalars().all())
    store.close()
    assert states == ["unknown"]


def test_a_part_that_died_is_told_to_who_asks(place: Place) -> None:
    async def job(service: Service) -> None:
        assert got(service, "/healthz") == (200, "ok\n")
        (task,) = [task for task in service._tasks if task.get_name() == "follow"]
        task.cancel()
        await asyncio.sleep(0.05)
        assert got(service, "/healthz") == (503, "stopped: follow\n")

    place.run(job)


def test_how_much_waits_is_among_the_figures(place: Place) -> None:
    async def job(service: Service) -> str:
        await sent(service, FLAGGED)
        return got(service, "/metrics")[1]

    text = place.run(job)
    assert "gatepost_holds_waiting 1.0" in text
    assert "gatepost_notices_waiting 2.0" in text
    assert 'gatepost_posts_total{outcome="held"} 1.0' in text


def test_how_late_the_loop_is_is_among_the_figures(place: Place) -> None:
    async def job(service: Service) -> str:
        await asyncio.sleep(0.3)
        time.sleep(0.5)  # noqa: ASYNC251  it is to be late
        await asyncio.sleep(0.3)
        return got(service, "/metrics")[1]

    text = place.run(job)
    looked = re.search(r"gatepost_loop_lag_seconds_count ([\d.]+)", text)
    assert looked is not None
    assert float(looked[1]) > 1
    assert max(line["ms"] for line in place.events("loop_late")) >= 400


def test_a_scanner_that_a_published_list_names_is_asked_and_counted(place: Place) -> None:
    async def job(service: Service) -> tuple[int, str]:
        await sent(service, CLEAN)
        return await asyncio.to_thread(got, service, "/metrics")

    with StandIn("clamd", FOUND) as clamd:
        place.publish(served(place.sink.url, packs=("hygiene",), scanners={"clamd": clamd.at}))
        _, figures = place.run(job)
    assert len(clamd.heard) == 1
    assert 'gatepost_scanner_answers_total{answer="infected",scanner="clamd"} 1.0' in figures
    assert place.sink.received == ()


@pytest.mark.parametrize("usual", [0, 1])
def test_a_list_has_its_own_larger_quota_after_a_restart_too(place: Place, usual: int) -> None:
    def submitted(*numbers: int) -> list[str]:
        async def job(service: Service) -> list[str]:
            return [(await sent(service, FLAGGED + b"Post %d.\r\n" % number))[1] for number in numbers]

        return place.run(job)

    place.quotas = QuotaSettings(list=usual)
    place.publish(served(place.sink.url, quotas={"list": 3}))
    first, second = submitted(1, 2)
    assert "held" in first
    assert "held" in second
    third, fourth = submitted(3, 4)
    assert "held" in third
    assert "Too many posts wait for this list" in fourth


def test_a_port_that_is_taken_is_named_with_its_key(place: Place) -> None:
    async def job(service: Service) -> None:
        other = Service(place.settings(smtp=SmtpSettings(listen=service.ports["smtp"])))
        with pytest.raises(PortTaken, match=r"cannot listen on 127.0.0.1:\d+ .*; change smtp.listen"):
            await other.start()
        await other.stop(1)

    place.run(job)


def test_a_newer_store_is_not_touched(place: Place) -> None:
    place.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(StoreNewer):
        asyncio.run(Service(place.settings()).start())


def test_a_disk_is_looked_at_once_a_second(tmp_path: Path) -> None:
    moments = iter((0.0, 0.0, 0.5, 2.0, 2.0))
    room = DiskRoom(tmp_path, 1 << 62, lambda: next(moments))
    assert str(room.refusal()).startswith("452 4.3.1 ")
    room._reserve = 0
    assert room.refusal() is not None
    assert room.refusal() is None
