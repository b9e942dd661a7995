"""Commands and their order, against a model that is as small as the RFC's."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gateway.reply import Reply
from gateway.settings import SmtpSettings
from gateway.smtp.dialogue import Dialogue, Terms, Then
from gateway.smtp.lmtp import Protocol
from tests.given.front import Keeper


def dialogue(keeper):
    settings = SmtpSettings(recipients=3, xforward_networks=["192.0.2.1"], xclient_networks=["192.0.2.1"])
    return Dialogue(Terms(settings, "gate.example", Protocol.SMTP, keeper), "192.0.2.1")


class Transaction(RuleBasedStateMachine):
    """RFC 5321, 4.1.4, with a gate that raises or refuses now and then."""

    def __init__(self):
        super().__init__()
        self.keeper = Keeper()
        self.dialogue = dialogue(self.keeper)
        self.greeted, self.sender, self.recipients = False, False, 0
        self.client, self.forwarded, self.secure = "192.0.2.1", "", False

    def begin(self):
        """Nothing is agreed, and nothing said of whose message comes next."""
        self.sender, self.recipients, self.forwarded = False, 0, ""

    def say(self, line):
        """The code of the answer, 451 when the gate raised, as a session has it."""
        try:
            answer = self.dialogue.answer(line)
        except RuntimeError:
            self.dialogue.reset()
            self.begin()
            return 451, Then.GO_ON
        self.dialogue._patience.__init__()
        return int(answer.octets[:3] or 220), answer.then

    @rule()
    def hello(self):
        assert self.say(b"EHLO x") == (250, Then.GO_ON)
        self.greeted = True
        self.begin()

    @rule()
    def handshake(self):
        self.dialogue.secured()
        self.greeted, self.secure = False, True
        self.begin()

    @rule(address=st.sampled_from(["203.0.113.9", "2001:db8::9"]))
    def another_client(self, address):
        code, then = self.say(f"XCLIENT ADDR={address}".encode())
        assert (code, then) == ((503, Then.GO_ON) if self.sender else (220, Then.GREET))
        if code == 220:
            self.client, self.greeted = address, False
            self.begin()

    @rule(address=st.sampled_from(["198.51.100.1", "198.51.100.2"]))
    def forward(self, address):
        code, _ = self.say(f"XFORWARD ADDR={address}".encode())
        assert code == (503 if self.sender else 250)
        if code == 250:
            self.forwarded = address

    @rule(trouble=st.sampled_from(["no", "refused", "raised"]))
    def mail(self, trouble):
        expected = 503
        if self.greeted and not self.sender:
            expected = {"no": 250, "refused": 452, "raised": 451}[trouble]
        self.keeper.at_mail = Reply(452, 3, 1, "Full") if trouble == "refused" else None
        self.keeper.raises = {"sender": RuntimeError()} if trouble == "raised" else {}
        assert self.say(b"MAIL FROM:<a@b.example>")[0] == expected
        self.sender = self.sender or expected == 250

    @rule(trouble=st.sampled_from(["no", "refused", "raised"]))
    def rcpt(self, trouble):
        expected = 503
        if self.sender:
            expected = {"no": 250, "refused": 550, "raised": 451}[trouble] if self.recipients < 3 else 452
        self.keeper.raises = {"recipient": RuntimeError()} if trouble == "raised" else {}
        name = b"nobody" if trouble == "refused" else b"c"
        assert self.say(b"RCPT TO:<" + name + b"@d.example>")[0] == expected
        self.recipients += expected == 250

    @rule()
    def data(self):
        code, then = self.say(b"DATA")
        assert (code, then) == ((354, Then.DATA) if self.recipients else (503, Then.WAIT))
        if then is Then.DATA:
            envelope = self.dialogue.agreed()
            assert len(envelope.recipients) == self.recipients
            assert (envelope.client, envelope.hop) == (self.forwarded or self.client, self.client)
            assert envelope.protocol == ("ESMTPS" if self.secure else "ESMTP")
            self.begin()

    @rule()
    def reset(self):
        assert self.say(b"RSET") == (250, Then.GO_ON)
        self.begin()

    @rule(
        line=st.sampled_from([b"MAIL FROM:<>x", b"MAIL FROM:<a>", b"RCPT TO:<>", b"FOO", b"RSET x", b"HELO"])
    )
    def nonsense(self, line):
        assert self.say(line)[0] >= 500

    @invariant()
    def the_transaction_is_what_the_model_says(self):
        assert (self.dialogue._reverse_path is not None) == self.sender
        assert len(self.dialogue._recipients) == self.recipients


TestTransaction = Transaction.TestCase


@given(
    st.binary(max_size=60)
    | st.builds(
        bytes.__add__,
        st.sampled_from(
            [
                b"MAIL FROM:",
                b"MAIL FROM:<a@b.example> ",
                b"RCPT TO:",
                b"RCPT TO:<a@b.example> ",
                b"EHLO ",
                b"VRFY ",
                b"NOOP ",
                b"XFORWARD ADDR=",
                b"XFORWARD HELO=",
            ]
        ),
        st.binary(max_size=60),
    )
)
def test_any_line_gets_whole_lines_of_printable_ascii(line):
    for greeting in (b"NOOP", b"EHLO x"):
        speaking = dialogue(Keeper())
        speaking.answer(greeting)
        speaking.answer(b"MAIL FROM:<>")
        octets = speaking.answer(line).octets
        assert octets.endswith(b"\r\n")
        assert octets.decode("ascii").replace("\r\n", "").isprintable()
