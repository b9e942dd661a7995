"""Parameters of MAIL and RCPT."""

import pytest

from gateway.reply import BAD_PARAMETER, NO_REQUIRETLS, UNKNOWN_PARAMETER
from gateway.smtp.parameters import Parameters, of_mail, of_recipient

ALL = frozenset({"8BITMIME", "SMTPUTF8"})


def test_size_is_read_and_the_others_are_kept_as_they_came():
    assert of_mail(b" body=8bitmime SIZE=300 SMTPUTF8 ", ALL) == Parameters(
        300, True, (b"body=8bitmime", b"SMTPUTF8")
    )


@pytest.mark.parametrize(
    "text",
    [
        b" SIZE=-1",
        " SIZE=٣".encode(),
        " SIZE=²".encode(),
        b" SIZE=",
        b" SIZE",
        b" SIZE=" + b"9" * 21,
        b" SIZE=1 size=2",
        b" BODY=7BIT BODY=8BITMIME",
        b" SMTPUTF8=1",
        b"SIZE=1",
        b" SIZE=1\tBODY=7BIT",
        b" A\x1b[2J",
    ],
)
def test_a_bad_parameter_is_501(text):
    assert of_mail(text, ALL) == BAD_PARAMETER


@pytest.mark.parametrize(
    "text",
    [b" OPT", b" RET=FULL", b" ENVID=x", b" AUTH=<>", b" BODY=BINARYMIME", b" SIZES=1"],
)
def test_an_unknown_parameter_is_555(text):
    assert of_mail(text, ALL) == UNKNOWN_PARAMETER


@pytest.mark.parametrize("text", [b" BODY=8BITMIME", b" SMTPUTF8"])
def test_what_was_not_offered_is_unknown(text):
    assert of_mail(text, frozenset()) == UNKNOWN_PARAMETER


def test_requiretls_cannot_be_honoured_and_has_a_code_that_says_so():
    assert of_mail(b" requiretls", ALL) == NO_REQUIRETLS


DSN = frozenset({"DSN"})


@pytest.mark.parametrize(
    "text", [b" RET=FULL", b" ret=hdrs ENVID=x+20y", b" ENVID=" + b"e" * 100, b" ENVID=QQ314159 RET=FULL"]
)
def test_what_dsn_adds_to_mail_is_kept_as_it_came(text):
    assert of_mail(text, DSN).verbatim == tuple(text.split())


@pytest.mark.parametrize(
    "text",
    [
        b" RET",
        b" RET=ALL",
        b" ENVID=",
        b" ENVID=a=b",
        b" ENVID=a+b",
        b" ENVID=" + b"e" * 101,
        b" RET=FULL RET=FULL",
    ],
)
def test_what_is_wrong_in_it_is_501(text):
    assert of_mail(text, DSN) == BAD_PARAMETER


@pytest.mark.parametrize(
    "text",
    [
        b" NOTIFY=NEVER",
        b" notify=success,DELAY",
        b" NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;ann+2Bb@member.example",
        b" ORCPT=utf-8;\\x{E4}b@x",
    ],
)
def test_what_dsn_adds_to_rcpt_is_kept_as_it_came(text):
    assert of_recipient(text, DSN) == tuple(text.split())


@pytest.mark.parametrize(
    "text",
    [
        b" NOTIFY",
        b" NOTIFY=",
        b" NOTIFY=NEVER,SUCCESS",
        b" NOTIFY=SUCCESS,SUCCESS",
        b" NOTIFY=SUCCESS,",
        b" NOTIFY=OFTEN",
        b" NOTIFY=NEVER notify=DELAY",
        b" ORCPT=ann@member.example",
        b" ORCPT=rfc822;",
        b" ORCPT=rfc822;a=b",
        b" ORCPT=rfc822;a+2",
        b" ORCPT=rfc822;" + b"a" * 501,
        b"x",
    ],
)
def test_what_is_wrong_in_rcpt_is_501(text):
    assert of_recipient(text, DSN) == BAD_PARAMETER


def test_rcpt_takes_no_parameters_but_those_of_dsn_where_it_is_offered():
    assert of_recipient(b"", ALL) == of_recipient(b" ", DSN) == ()
    assert of_recipient(b" NOTIFY=NEVER", ALL) == UNKNOWN_PARAMETER
    assert of_recipient(b" RET=FULL", DSN) == UNKNOWN_PARAMETER
    assert of_recipient(b"x", ALL) == BAD_PARAMETER
