"""The next hops of a list file: one URL, several, or with what proves who they are."""

from pathlib import Path
from typing import Any

import pytest

from rules.errors import RulesError
from rules.next_hop import HopTls
from rules.policy import Policy
from rules.profile import Profile, read_profile

LIST = "list: physics@lists.example.org\n"
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
SHA = "AB:" * 31 + "AB"


def _read(folder: Path, text: str) -> Profile:
    file = folder / "list.yaml"
    file.write_text(LIST + text)
    return read_profile(file)


def _kept(profile: Profile) -> Any:
    return profile.model_dump(mode="json")["next_hop"]


def test_one_url_is_kept_as_it_was_before_there_were_several(tmp_path: Path) -> None:
    assert _kept(_read(tmp_path, "next_hop: smtp://h:25\n")) == "smtp://h:25"
    assert _kept(_read(tmp_path, "next_hop: {url: 'smtp://h:25'}\n")) == "smtp://h:25"
    assert _kept(_read(tmp_path, "next_hop: ['smtp://h:25']\n")) == "smtp://h:25"


def test_several_keep_their_order(tmp_path: Path) -> None:
    profile = _read(tmp_path, "next_hop:\n- smtp://a:25\n- {url: 'lmtp://b:24', tls: opportunistic}\n")
    assert profile.hop_urls == ("smtp://a:25", "lmtp://b:24")
    assert profile.next_hop
    assert [hop.tls for hop in profile.next_hop] == [None, HopTls.OPPORTUNISTIC]


def test_certificates_are_read_into_the_profile_and_survive_publication(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(PEM)
    profile = _read(
        tmp_path,
        "next_hop:\n- {url: 'smtp://a:25', tls: required, ca: ca.pem}\n"
        f"- {{url: 'smtp://b:25', tls: required, fingerprint: '{SHA}'}}\n",
    )
    assert profile.next_hop
    assert profile.next_hop[0].ca == PEM
    assert profile.next_hop[1].fingerprint == "ab" * 32
    policy = Policy.of(profile, ())
    assert Policy.from_canonical(policy.canonical()).profile == profile


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("next_hop: []\n", "2: 'next_hop'"),
        ("next_hop: 25\n", "2: 'next_hop'"),
        ("next_hop:\n- smtp://a:25\n- here\n", "4: 'next_hop' should be smtp://HOST:PORT"),
        ("next_hop:\n- smtp://a:25\n- smtp://a:25\n", "2: 'next_hop' names the same server twice"),
        ("next_hop: {url: here}\n", "2: 'url' should be smtp://HOST:PORT"),
        ("next_hop: {tls: none}\n", "2: key 'url' is missing"),
        ("next_hop: {url: 'smtp://a:25', tls: maybe}\n", "2: 'tls': should be 'none', 'opportunistic' or"),
        ("next_hop: {url: 'smtp://a:25', port: 25}\n", "2: unknown key 'port'"),
        ("next_hop: {url: 'smtp://a:25', tls: required, fingerprint: abc}\n", "2: 'fingerprint' should be"),
        ("next_hop: {url: 'smtp://a:25', tls: required, ca: list.yaml}\n", "2: 'ca' should name a file"),
        ("next_hop: {url: 'smtp://a:25', tls: required, ca: ''}\n", "cannot be read"),
        ("next_hop: {url: 'smtp://a:25', tls: required, ca: empty.pem}\n", "2: 'ca' should name a file"),
        ("next_hop: {url: 'smtp://a:25', tls: required, fingerprint: ''}\n", "2: 'fingerprint' should be"),
        ("next_hop: {url: 'smtp://a:25', tls: required, ca: none.pem}\n", "none.pem: cannot be read"),
        (f"next_hop: {{url: 'smtp://a:25', fingerprint: '{SHA}'}}\n", "2: 'next_hop' needs 'tls: required'"),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "empty.pem").touch()
    with pytest.raises(RulesError) as wrong:
        _read(tmp_path, text)
    assert sentence in str(wrong.value)
