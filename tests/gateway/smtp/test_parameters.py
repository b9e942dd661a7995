"""Parameters of MAIL and RCPT."""

import pytest

from gateway.reply import BAD_PARAMETER, UNKNOWN_PARAMETER
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
    [b" OPT", b" RET=FULL", b" ENVID=x", b" REQUIRETLS", b" AUTH=<>", b" BODY=BINARYMIME", b" SIZES=1"],
)
def test_an_unknown_parameter_is_555(text):
    assert of_mail(text, ALL) == UNKNOWN_PARAMETER


@pytest.mark.parametrize("text", [b" BODY=8BITMIME", b" SMTPUTF8"])
def test_what_was_not_offered_is_unknown(text):
    assert of_mail(text, frozenset()) == UNKNOWN_PARAMETER


def test_rcpt_takes_no_parameters():
    assert of_recipient(b"") is None
    assert of_recipient(b" NOTIFY=NEVER") == UNKNOWN_PARAMETER
    assert of_recipient(b"x") == BAD_PARAMETER
