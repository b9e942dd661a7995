"""A real GNU Mailman 3 in an environment of its own: LMTP in, mail out to a sink."""

import base64
import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.parse
from pathlib import Path

HOME = Path(__file__).parents[2] / ".mailman"
UNUSED = ("archive", "bad", "bounces", "command", "digest", "nntp", "retry", "shunt", "task")

CONFIG = """\
[mailman]
layout: here
site_owner: postmaster@lists.example
[paths.here]
var_dir: {folder}
[mta]
incoming: mailman.mta.null.NullMTA
lmtp_host: 127.0.0.1
lmtp_port: {lmtp}
smtp_host: 127.0.0.1
smtp_port: {smtp}
[webservice]
hostname: 127.0.0.1
port: {rest}
admin_user: rest
admin_pass: rest
workers: 1
[database]
url: sqlite:///{folder}/mailman.db
"""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mailman:
    """A running Mailman whose copies to subscribers go to ``smtp`` on loopback."""

    def __init__(self, folder: Path, smtp: int) -> None:
        self.folder, self.lmtp, self.rest = folder, free_port(), free_port()
        self.config = folder / "mailman.cfg"
        text = CONFIG.format(folder=folder, lmtp=self.lmtp, smtp=smtp, rest=self.rest)
        text += "".join(f"[runner.{name}]\nstart: no\n" for name in UNUSED)
        self.config.write_text(text, encoding="utf-8")
        self._log = (folder / "master.log").open("wb")
        self._master: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until its REST interface and LMTP runner answer."""
        # Its output goes to a file: the runners would keep a pipe open for ever.
        self._master = subprocess.Popen(
            [HOME / "bin" / "master", "-C", self.config, "--force"],
            stdout=self._log,
            stderr=self._log,
            env={**os.environ, "MAILMAN_CONFIG_FILE": str(self.config)},
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.call("GET", "/3.1/system/versions")
                socket.create_connection(("127.0.0.1", self.lmtp), timeout=1).close()
            except OSError:
                time.sleep(0.2)
            else:
                return
        raise RuntimeError((self.folder / "master.log").read_text())

    def stop(self) -> None:
        """End it and its runners."""
        if self._master is not None:
            os.killpg(self._master.pid, signal.SIGTERM)
            self._master.wait(20)
        self._log.close()

    def call(self, method: str, path: str, **form: str) -> int:
        """One REST call; returns the status. Raises OSError while Mailman is not up."""
        connection = http.client.HTTPConnection("127.0.0.1", self.rest, timeout=20)
        try:
            connection.request(
                method,
                path,
                urllib.parse.urlencode(form),
                {
                    "Authorization": "Basic " + base64.b64encode(b"rest:rest").decode(),
                    "Content-Type": "application/x-www-form-urlencoded",
                },
            )
            return connection.getresponse().status
        finally:
            connection.close()

    def add_list(self, address: str, members: tuple[str, ...]) -> None:
        """Make a list that holds nothing itself: Gatepost is the only holder."""
        domain = address.rpartition("@")[2]
        name = address.replace("@", ".")
        assert self.call("POST", "/3.1/domains", mail_host=domain) in (201, 400)
        assert self.call("POST", "/3.1/lists", fqdn_listname=address) == 201
        for member in members:
            status = self.call(
                "POST",
                "/3.1/members",
                list_id=name,
                subscriber=member,
                pre_verified="true",
                pre_confirmed="true",
                pre_approved="true",
                send_welcome_message="false",
            )
            assert status == 201, status
        settings = {
            "default_nonmember_action": "accept",
            "default_member_action": "accept",
            "require_explicit_destination": "false",
            "max_message_size": "0",
            "max_num_recipients": "0",
            "administrivia": "false",
            "dmarc_mitigate_action": "no_mitigation",
        }
        status = self.call("PATCH", f"/3.1/lists/{name}/config", **settings)
        assert status == 204, status
