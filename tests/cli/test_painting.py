"""Every reading command, on mail whose every field tries to act on the terminal: no control octet leaves."""

import base64
import re

import pytest

from tests.cli.given import LIST, MO, House, finding

# What acts: C0 but line feed and tab, DEL, C1, soft hyphen, bidi, zero-width, separators, tags, annotations.
ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
NASTY = (
    "a\x1b[31mb\x1b]8;;https://evil.example\x07c\x9b2Jd\x90e\rf\x08g\x7fh\u202ei\u2066j\u200bk\u200dl\ufeffm"
    "\xadn\u2028o\U000e0041p\ufff9q\x0er\x85s"
)
ENCODED = f"=?utf-8?b?{base64.b64encode(NASTY.encode()).decode()}?="
POST = (
    f'From: "{ENCODED}" <ann\x1b@example.org>\r\nTo: {ENCODED} <{LIST}>\r\nSubject: {ENCODED}\r\n'
    f"Reply-To: {ENCODED} <x@example.org>\r\nMessage-ID: <{NASTY[:9]}@example.org>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
    f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nNobody makes better {NASTY}\r\n"
    f"--b\r\nContent-Type: text/html\r\n\r\n<p>x <a href='http://e/&#27;[2J'>&#27;[2J&#x202e;&#155;</a></p>\r\n"
    f'--b\r\nContent-Type: application/x-{ENCODED}; name="{ENCODED}"\r\n'
    f"Content-Disposition: attachment; filename*=utf-8''a%1b%5b2J%c2%9b%e2%80%ae.exe\r\n\r\n"
    "MZ secret innards\r\n--b--\r\n"
).encode("utf-8", "surrogatepass")


@pytest.fixture
def planted(house: House) -> str:
    """A hold, decided and remarked on in words that act, on a list that is served; its id."""
    house.serves(f'timezone: UTC\norganisation: {{names: ["{_yaml(NASTY)}"]}}\n')
    which = house.holds(POST, finding(NASTY), finding(NASTY, "subject"), subject=NASTY)
    assert house.gatepost("queue", "note", which, NASTY, "--as", MO).code == 0
    reject = ("queue", "reject", which, "--clause", "conduct", "--reason", NASTY, "--as", MO)
    assert house.gatepost(*reject).code == 0
    return which


def _yaml(text: str) -> str:
    return "".join(c if c.isascii() and c.isprintable() else f"\\U{ord(c):08x}" for c in text)


def test_no_reading_command_lets_a_held_post_act_on_the_terminal(house: House, planted: str) -> None:
    (house.folder / "a.eml").write_bytes(POST)
    nasty = house.folder / f"{NASTY.replace('/', '')}.eml"
    nasty.write_bytes(POST)
    commands = (
        ("queue", "list"),
        ("queue", "list", "--all"),
        ("queue", "list", "--all", "--json"),
        ("queue", "show", planted),
        ("queue", "show", planted, "--json"),
        ("queue", "history", planted),
        ("queue", "history", planted, "--json"),
        ("admin", "audit"),
        ("admin", "audit", "--json"),
        ("admin", "verify"),
        ("admin", "doctor"),
        ("lists", "list"),
        ("lists", "show", "physics"),
        ("lists", "show", "physics", "--json"),
        ("rules", "list", "physics"),
        ("rules", "versions", "physics"),
        ("rules", "check", str(nasty), "--list-file", str(house.folder / "physics.yaml")),
        ("rules", "check", str(nasty), "--list-file", str(house.folder / "physics.yaml"), "--json"),
        ("rules", "explain", str(nasty), "--list", "physics"),
    )
    for words in commands:
        said = house.gatepost(*words)
        assert said.code in (0, 1), (words, said.err)
        assert said.out, words
        acts = ACTS.search(said.out) or ACTS.search(said.err)
        assert acts is None, (words, acts)
    shown = house.gatepost("queue", "show", planted).out
    assert "\\x1b[31m" in shown, "it is seen, and does nothing"
    assert "\\u202e" in shown
    assert "innards" not in shown, "what is attached is named, not shown (T67)"


def test_no_complaint_repeats_what_acts(house: House, planted: str) -> None:
    complaints = (
        ("queue", "show", NASTY),
        ("queue", "list", "--list", NASTY),
        ("queue", "release", planted, "--as", NASTY),
        ("lists", "show", NASTY),
        ("rules", "check", NASTY),
        ("rules", "show", NASTY),
        ("admin", "audit", "--list", NASTY),
        (NASTY,),
    )
    for words in complaints:
        said = house.gatepost(*words)
        assert said.code in (1, 2), words
        assert said.err, words
        assert ACTS.search(said.out + said.err) is None, words
