"""Mixed faults at random under load: clients that insist or leave, a list server with moods, kills, halts, trouble of ours.

Everything random comes from one seed; threads and the kernel do the rest, so
a seed brings back the faults and not the very interleaving.
"""

import random
import signal
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.faults import Point
from tests.crash.conftest import Place
from tests.given.behaviour import Behaviour
from tests.given.client import DEFAULT_SENDER
from tests.given.gatepost import MODERATOR
from tests.given.ledger import Figures, Owed, transact

CLIENTS = 8
_ROUTES = ("relayed",) * 6 + ("held",) * 2 + ("stored",) * 2
_STAGES = ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "BODY", "DOT")
_BUSY = {"GREETING": b"421 4.3.2 Busy\r\n", "MAIL": b"451 4.3.0 No\r\n", "RCPT": b"451 4.3.0 No\r\n"}
_LEAVES = 0.01  # of the messages, their client is gone right after the dot


@dataclass
class Sweep:
    """``run`` returns the accounting; ``done`` counts what was done to the gateway, by its name."""

    place: Place
    seed: int
    seconds: float
    at_least: int
    done: Counter[str] = field(default_factory=Counter)
    _decided: set[int] = field(default_factory=set)

    def run(self) -> Figures:
        """Go on for so many seconds and at least so many messages; fail unless each is accounted for."""
        self._chance = random.Random(self.seed)
        self._over = threading.Event()
        clients = [threading.Thread(target=self._client, args=(nth,)) for nth in range(CLIENTS)]
        for client in clients:
            client.start()
        ends = time.monotonic() + self.seconds
        try:
            while time.monotonic() < ends or len(self.place.ledger.owed) < self.at_least:
                time.sleep(self._chance.uniform(0.2, 1.2))
                self._strike()
        finally:
            self._fair_weather()
            for client in clients:
                client.join(120)
        assert not any(client.is_alive() for client in clients), "a client was never answered"
        return self._account()

    def _strike(self) -> None:
        if self.place.gatepost.died:
            self.done["killed at a point"] += 1
            self._again()
        faults: tuple[tuple[str, int, Callable[[], None]], ...] = (
            ("killed at random", 5, self._kill),
            ("point armed to kill", 4, lambda: self._arm("kill", 40)),
            ("points armed to fail", 2, lambda: self._arm("raise", 20)),
            ("list server away", 2, self._moody),
            ("halted", 2, self._halt),
            ("stopped", 1, self._again),
            ("released", 8, self._release),
        )
        name, _, act = self._chance.choices(faults, [weight for _, weight, _ in faults])[0]
        self.done[name] += 1
        act()

    def _kill(self) -> None:
        self.place.gatepost.kill()
        self._again()

    def _again(self, faults: str = "") -> None:
        gatepost = self.place.gatepost
        if gatepost.died:
            gatepost.wait_for_death()
        self.place.restart(faults)

    def _arm(self, action: str, passages: int) -> None:
        points = self._chance.sample(list(Point), 1 if action == "kill" else 5)
        self._again(",".join(f"{point}={action}@{self._chance.randint(1, passages)}" for point in points))

    def _moody(self) -> None:
        stage = self._chance.choice(_STAGES)
        one = frozenset({stage})
        moods = (
            Behaviour(replies=_BUSY),
            Behaviour(replies={stage: b""}),
            Behaviour(closes=one),
            Behaviour(resets=one),
            Behaviour(delays={stage: 1.5}),
            Behaviour(replies={"DOT": b"451 4.3.0 Not now\r\n"}),
        )
        self.place.sink.behaviour = self._chance.choice(moods)
        time.sleep(self._chance.uniform(0.2, 1.0))
        self.place.sink.behaviour = Behaviour()

    def _halt(self) -> None:
        gatepost = self.place.gatepost
        gatepost.signal(signal.SIGSTOP)
        time.sleep(self._chance.uniform(0.1, 0.8))
        gatepost.signal(signal.SIGCONT)

    def _release(self) -> None:
        owed = self.place.ledger.owed[self._chance.randrange(len(self.place.ledger.owed))]
        if owed.accepted and "held" in owed.text and owed.number not in self._decided:
            # Once each: who releases a post again whose fate is unknown wants a second copy.
            self._decided.add(owed.number)
            which = owed.text.rpartition(" ")[2]
            self.place.gatepost.attempt("queue", "release", which, "--as", MODERATOR, "--yes")

    def _client(self, nth: int) -> None:
        chance = random.Random(self.seed + nth + 1)
        owed: Owed | None = None
        while owed is not None or not self._over.is_set():
            try:
                with smtplib.SMTP(*self.place.gatepost.smtp, timeout=20) as client:
                    client.ehlo("client.example")
                    for _ in range(chance.randint(1, 100)):
                        if owed is None and self._over.is_set():
                            return
                        owed = owed or self.place.ledger.owe(chance.choice(_ROUTES))
                        owed.tries += 1
                        if chance.random() < _LEAVES:
                            self.done["clients that left"] += 1
                            _leave_after_the_dot(client, owed)
                            break
                        transact(client, owed)
                        if owed.accepted:
                            owed = None
                        else:
                            time.sleep(0.05)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.05)

    def _fair_weather(self) -> None:
        self.place.sink.behaviour = Behaviour()
        self._again()
        self._over.set()

    def _account(self) -> Figures:
        # What waited for the list server is handed on as fast as this machine can; it must get less.
        left, stuck = self.place.ledger.owing() + 1, 0
        while left and stuck < 3:
            self.place.restart()
            before, left = left, self._left_after(10)
            stuck = stuck + 1 if left >= before else 0
        assert not left, f"{left} deliveries stay owed: {self.place.ledger.owed_deliveries()[:5]}"
        return self.place.ledger.settle()

    def _left_after(self, seconds: float) -> int:
        deadline = time.monotonic() + seconds
        while (left := self.place.ledger.owing()) and time.monotonic() < deadline:
            time.sleep(0.1)
        return left


def _leave_after_the_dot(client: smtplib.SMTP, owed: Owed) -> None:
    client.mail(DEFAULT_SENDER)
    for address in owed.to:
        client.rcpt(address)
    code, _ = client.docmd("DATA")
    if code == 354:
        client.send(owed.octets + b".\r\n")
    client.close()
    owed.code, owed.text = 0, ""
