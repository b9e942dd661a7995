"""What becomes of a judged post, as a pure decision."""

import itertools

import pytest

from gateway.addresses import Served
from gateway.route import Judged, Keep, Refuse, RelayInline, answered_together, route
from rules.policy import Policy
from rules.profile import Mode, Profile
from rules.verdict import Action, Finding, Status, Verdict

SMTP, LMTP, AWAY = "smtp://127.0.0.1:25", "lmtp://127.0.0.1:24", "smtp://127.0.0.2:25"


def judged(
    action: Action = Action.PASS,
    name: str = "physics",
    hop: str | list[str] = SMTP,
    mode: Mode = Mode.ENFORCE,
    doubt: bool = False,
    recipients: int = 1,
) -> Judged:
    profile = Profile(list=f"{name}@lists.example", next_hop=hop, mode=mode)
    finding = Finding("c", "p", "t", action, Status.LIVE, 1.0, "s", "a", "m", ())
    addresses = tuple(f"{name}@{n}.example".encode() for n in range(recipients))
    return Judged(Served(Policy.of(profile, ()), 1), addresses, Verdict((finding,), doubt))


def passed_through(hop: str = SMTP) -> Judged:
    return Judged(judged(hop=hop).in_force, (b"physics-owner@lists.example",))


@pytest.mark.parametrize("action", [Action.PASS, Action.NOTE])
def test_what_passes_is_relayed_inline(action: Action) -> None:
    assert isinstance(route((judged(action),)), RelayInline)


@pytest.mark.parametrize("action", [Action.HOLD, Action.DISCARD])
def test_what_is_held_waits_and_no_rule_discards_anything(action: Action) -> None:
    one = judged(action)
    assert route((one,)) == Keep((one,), ())


def test_a_rejection_alone_refuses() -> None:
    one = judged(Action.REJECT)
    assert route((one,)) == Refuse(one)


def test_in_a_mixture_a_rejection_waits() -> None:
    no, yes = judged(Action.REJECT), judged(Action.PASS, "chemistry")
    assert route((no, yes)) == Keep((no,), (yes,))
    assert route((no, passed_through())) == Keep((no,), (passed_through(),))


def test_in_shadow_only_doubt_acts() -> None:
    for action in Action:
        assert judged(action, mode=Mode.SHADOW).action is Action.PASS
        assert judged(action, mode=Mode.SHADOW, doubt=True).action is Action.HOLD


def test_doubt_never_passes() -> None:
    for action, mode in itertools.product(Action, Mode):
        assert judged(action, mode=mode, doubt=True).action >= Action.HOLD


def test_a_list_without_a_mode_is_in_shadow() -> None:
    profile = Profile(list="physics@lists.example", next_hop=SMTP)
    assert Judged(Served(Policy.of(profile, ()), 1), (), Verdict()).mode == "shadow"


@pytest.mark.parametrize(
    ("shares", "inline"),
    [
        ((judged(hop=LMTP),), True),
        ((judged(hop=LMTP, recipients=2),), False),
        ((judged(recipients=2),), True),
        ((judged(), judged(name="chemistry")), True),
        ((judged(), judged(name="chemistry", hop=AWAY)), False),
        ((judged(hop=LMTP), judged(name="chemistry", hop=LMTP)), False),
        ((judged(), passed_through()), True),
        ((passed_through(LMTP),), True),
    ],
)
def test_only_what_gets_one_answer_from_one_hop_is_relayed_inline(
    shares: tuple[Judged, ...], inline: bool
) -> None:
    assert isinstance(route(shares), RelayInline) is inline
    assert inline or route(shares) == Keep((), shares)


def test_a_spare_that_answers_for_each_recipient_alone_keeps_two_of_them_from_going_inline() -> None:
    assert isinstance(route((judged(hop=[SMTP, LMTP]),)), RelayInline)
    shares = (judged(hop=[SMTP, LMTP], recipients=2),)
    assert route(shares) == Keep((), shares)
    assert isinstance(route((judged(hop=[SMTP, AWAY], recipients=2),)), RelayInline)


def test_every_share_is_in_exactly_one_place_whatever_the_verdicts() -> None:
    hops, names = (SMTP, LMTP), ("physics", "chemistry", "biology")
    for actions in itertools.product(Action, repeat=3):
        for hop in hops:
            shares = tuple(judged(a, n, hop) for a, n in zip(actions, names, strict=True))
            match route(shares):
                case RelayInline():
                    assert max(actions) <= Action.NOTE
                case Keep(waits, passes):
                    assert sorted(map(id, waits + passes)) == sorted(map(id, shares))
                    assert all(one.action > Action.NOTE for one in waits)
                    assert all(one.action <= Action.NOTE for one in passes)
                case Refuse():
                    assert set(actions) == {Action.REJECT}


def test_smtp_answers_for_all_and_lmtp_for_each() -> None:
    shares = (judged(recipients=2), judged(name="chemistry"))
    assert answered_together(False, shares) == (shares,)
    groups = answered_together(True, shares)
    assert [one.recipients for group in groups for one in group] == [
        (recipient,) for share in shares for recipient in share.recipients
    ]
