"""The messages that the benchmarks send: plain technical text of a wanted size."""

_PARAGRAPH = (
    "We measured the output factors of the new linac with a small volume chamber and a diode, and the two agree\r\n"
    "within half a per cent down to a field of two centimetres. Below that the diode over-responds, as expected.\r\n"
    "Has anyone compared the correction factors of the report with a Monte Carlo model of their own machine?\r\n\r\n"
)


def post(size: int) -> bytes:
    """A post of about ``size`` octets; "@NUMBER@" stands for its number."""
    head = (
        "From: Ann Harker <ann@member.example>\r\nTo: physics@lists.example\r\n"
        "Subject: Output factors of small fields\r\nMessage-ID: <@NUMBER@@member.example>\r\n"
        "Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    body = _PARAGRAPH * (max(size - len(head), 1) // len(_PARAGRAPH) + 1)
    return (head + body[: size - len(head) - 2].rstrip("\r\n") + "\r\n").encode()
