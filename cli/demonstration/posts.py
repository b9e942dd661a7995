"""The five posts of `gatepost demo`, written for it. Everybody in them is invented."""

import base64
from dataclasses import dataclass

LIST = "physics@lists.example.org"

LIST_FILE = """\
# The list of 'gatepost demo'.
list: physics@lists.example.org
purpose: Discussion of medical physics and clinical engineering.
packs: [hygiene, ipem]
organisation:
  names: [IPEM, Institute of Physics and Engineering in Medicine]
  domain: ipem.example
  official_senders: [office@ipem.example]
company_members: [Lumidose Ltd]
next_hop: {next_hop}
moderators:
  - {{address: mo@lists.example.org, name: Mo Derator}}
owners: [owner@lists.example.org]
# The demo's posts come from this machine, so their authors may be told.
trusted_networks: [127.0.0.0/8]
border: {{networks: [127.0.0.0/8]}}
timezone: Europe/London
mode: enforce
"""

_TABLE = b"field size (cm),output factor\r\n3,0.842\r\n5,0.911\r\n10,1.000\r\n20,1.061\r\n"


@dataclass(frozen=True, slots=True)
class DemoPost:
    """One post, and how the story introduces it. ``octets`` end with CRLF."""

    title: str
    author: str
    octets: bytes


def _post(title: str, author: str, fields: str, body: str) -> DemoPost:
    name = author.split("@")[0].replace(".", " ").title()
    head = f"From: {name} <{author}>\nTo: {LIST}\n{fields}\nMIME-Version: 1.0\n"
    return DemoPost(title, author, (head + body).replace("\n", "\r\n").encode())


TECHNICAL = _post(
    "a technical post",
    "ada.lorentz@hospital.example",
    "Subject: Dead time of a well counter\nDate: Mon, 02 Nov 2026 09:12:44 +0000\n"
    "Message-ID: <dead-time@hospital.example>",
    """Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dear all,

we measured the dead time of our well counter with two sources and got
4.1 µs at 140 keV, about twice what the handbook says. Above 60 kcps the
count rate turns over, so the detector behaves as a paralysable one.

Has anybody seen the same after a change of the photomultiplier?

Ada
""",
)

TABLE = _post(
    "an HTML post with an attachment",
    "bruno.hale@hospital.example",
    "Subject: Output factors of small fields, table attached\nDate: Mon, 02 Nov 2026 09:40:02 +0000\n"
    "Message-ID: <output-factors@hospital.example>",
    f"""Content-Type: multipart/mixed; boundary="outer"

--outer
Content-Type: multipart/alternative; boundary="inner"

--inner
Content-Type: text/plain; charset=us-ascii

Here is the table of output factors that I promised at the meeting.
The 3 cm field was measured with a diode.

Bruno
--inner
Content-Type: text/html; charset=us-ascii

<html><body><p>Here is the table of output factors that I promised at
the meeting.</p><p>The 3 cm field was measured with a diode.</p><p>Bruno</p></body></html>
--inner--

--outer
Content-Type: text/csv; name="factors.csv"
Content-Disposition: attachment; filename="factors.csv"
Content-Transfer-Encoding: base64

{base64.b64encode(_TABLE).decode()}
--outer--
""",
)

COMPANY = _post(
    "a company praising itself",
    "sales@lumidose.example",
    "Subject: Lumidose at the autumn meeting\nDate: Mon, 02 Nov 2026 10:03:31 +0000\n"
    "Message-ID: <autumn@lumidose.example>",
    """Content-Type: text/plain; charset=us-ascii

Dear colleagues,

Lumidose is the world leader in ionisation chambers, and nobody makes
better ones. Ask for our special offer for members before Friday.

You will find us in hall 2 on Tuesday.

The Lumidose team
""",
)

PATIENT = _post(
    "a post with a patient's NHS number",
    "carys.penn@hospital.example",
    "Subject: Planning question, pelvis\nDate: Mon, 02 Nov 2026 10:21:18 +0000\n"
    "Message-ID: <pelvis@hospital.example>",
    """Content-Type: text/plain; charset=us-ascii

Dear all,

a question about a plan with two metal hips. The patient is Mrs Enid
Thistlewood, NHS number 999 000 0018, who starts on Monday.

Would you avoid both lateral beams?

Carys
""",
)

ABUSE = _post(
    "an abusive reply",
    "dirk.vane@clinic.example",
    "Subject: Re: Dead time of a well counter\nDate: Mon, 02 Nov 2026 10:55:09 +0000\n"
    "In-Reply-To: <dead-time@hospital.example>\nMessage-ID: <re-dead-time@clinic.example>",
    """Content-Type: text/plain; charset=us-ascii

You are an idiot, and your whole department is a bunch of morons.

On Mon, 2 Nov 2026, Ada Lorentz wrote:
> we measured the dead time of our well counter with two sources and got
> 4.1 us at 140 keV, about twice what the handbook says.
""",
)

POSTS = (TECHNICAL, TABLE, COMPANY, PATIENT, ABUSE)
