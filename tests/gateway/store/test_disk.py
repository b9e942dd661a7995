"""The store stands on a disk of its own machine, with room on it, or says why not."""

import asyncio
import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.journal import Journal
from gateway.service import Service
from gateway.settings import JournalSettings, Settings, StoreSettings
from gateway.store import disk
from gateway.store.disk import (
    LEAST_RESERVE,
    MOST_RESERVE,
    DiskRoom,
    file_system,
    is_network,
    refuse_network,
    usual_reserve,
)
from gateway.store.errors import StoreRemote

MOUNTS = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 master:2 - ext4 /dev/vda rw
40 27 0:40 / /srv/mail rw shared:7 - nfs4 server:/export rw,vers=4.2
41 40 0:41 / /srv/mail/local rw - xfs /dev/vdb rw
42 27 0:42 / /srv/with\040space rw - cifs //server/share rw
43 27 0:43 / /home/ann/far rw - fuse.sshfs ann@far:/ rw
44 27 0:44 / /twice rw - nfs server:/a rw
45 44 0:45 / /twice rw - tmpfs tmpfs rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/gatepost/gatepost.db", "ext4"),
        ("/srv/mail/gatepost.db", "nfs4"),
        ("/srv/mail", "nfs4"),
        ("/srv/mailbox/gatepost.db", "ext4"),
        ("/srv/mail/local/gatepost.db", "xfs"),
        ("/srv/with space/gatepost.db", "cifs"),
        ("/home/ann/far/gatepost.db", "fuse.sshfs"),
        ("/twice/gatepost.db", "tmpfs"),
        ("/proc/1", "proc"),
    ],
)
def test_the_longest_mount_point_says_what_a_file_lies_on(path: str, kind: str) -> None:
    assert file_system(path, MOUNTS) == kind


def test_nothing_mounted_is_nothing_said() -> None:
    assert file_system("/srv", "") == ""


@pytest.mark.parametrize(
    "kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs", "fuse.glusterfs"]
)
def test_what_lies_on_another_machine_is_known(kind: str) -> None:
    assert is_network(kind)


@pytest.mark.parametrize(
    "kind", ["", "ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "fuse.lxcfs"]
)
def test_what_lies_here_is_let_be(kind: str) -> None:
    assert not is_network(kind)


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of which the kernel says that it is NFS."""
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"40 27 0:40 / {tmp_path} rw - nfs4 server:/export rw\n", encoding="ascii")
    monkeypatch.setattr(disk, "MOUNTS", mounts)
    return tmp_path


def test_a_gateway_does_not_start_on_a_network_file_system(far: Path) -> None:
    settings = Settings(store=StoreSettings(url=f"sqlite:///{far}/gatepost.db"))
    with pytest.raises(StoreRemote, match=r"network file system \(nfs4\).*store.allow_network = true"):
        asyncio.run(Service(settings).start())
    assert not (far / "gatepost.db").exists()


def test_it_starts_where_the_settings_say_so(far: Path) -> None:
    store = StoreSettings(url=f"sqlite:///{far}/gatepost.db", allow_network=True)
    settings = Settings(store=store, smtp={"listen": "127.0.0.1:0"})

    async def run() -> None:
        service = Service(settings, with_fronts=False, with_duties=False)
        await service.start()
        await service.stop(1)

    asyncio.run(run())
    assert (far / "gatepost.db").exists()


def test_where_nobody_can_say_nothing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk, "MOUNTS", tmp_path / "none")
    refuse_network(tmp_path / "gatepost.db")


def test_a_disk_of_which_nobody_can_say_has_no_room(tmp_path: Path) -> None:
    room = DiskRoom(tmp_path / "gone", 0, lambda: 0.0)
    assert str(room.refusal()).startswith("452 4.3.1 ")


def test_the_usual_reserve_goes_with_the_disk_and_has_its_bounds() -> None:
    gib = 1024**3
    assert usual_reserve(10 * gib) == gib // 2
    assert [usual_reserve(0), usual_reserve(gib)] == [LEAST_RESERVE] * 2
    assert [usual_reserve(20 * gib), usual_reserve(10_000 * gib)] == [MOST_RESERVE] * 2


def test_without_a_word_in_the_settings_the_reserve_is_the_usual_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk_of = {"total": 20 * 1024**3, "used": 0, "free": MOST_RESERVE - 1}
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(**disk_of))
    moments = iter(range(100))
    usual, own = (DiskRoom(tmp_path, reserve, moments.__next__) for reserve in ("auto", LEAST_RESERVE))
    assert str(usual.refusal()).startswith("452 4.3.1 ")
    assert own.refusal() is None, "what the settings say goes before it"
    disk_of["free"] += 1
    assert usual.refusal() is None


def test_low_space_has_one_line_when_it_begins_and_one_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk_of = {"total": 20 * 1024**3, "used": 0, "free": 1000}
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(**disk_of))
    lines = io.StringIO()
    journal = Journal(JournalSettings(), b"secret", lines)
    room = DiskRoom(tmp_path, 1000, iter(range(100)).__next__, journal)
    for free in (1000, 999, 998, 1000, 1001, 0):
        disk_of["free"] = free
        room.refusal()
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(line["event"], line["free"], line["kept"]) for line in told] == [
        ("space_low", 999, 1000),
        ("space_enough", 1000, 1000),
        ("space_low", 0, 1000),
    ]
