"""Line ends and NULs that stray into a message, most of them around a dot that some server takes for the end of data."""

STRAYS = (
    b"\n.\n",
    b"\n.\r\n",
    b"\r.\r\n",
    b"\r\n.\n",
    b"\r\n.\r",
    b"\r.\r",
    b"\r\n\0.\r\n",
    b"\r\n.\0\r\n",
    b"\r\r\n.\r\n",
    b"\n.\r",
    b"\r.\n",
    b"\r\n.\r\r\n",
    b"\r\r\n.\r\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\n\r",
    b"\r\n\n.\r\n",
)

# Those that can end no message: with CR LF on both sides of the dot, one ends by right.
ENDINGS = tuple(stray for stray in STRAYS if b"." in stray and b"\r\n.\r\n" not in stray)
