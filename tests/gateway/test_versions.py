"""A published policy stays as it is; one of a list's versions is in force."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway import audit, versions
from gateway.store.database import Store
from gateway.store.tables import POLICY_WEIGHTS
from gateway.versions import NotServed
from tests.given.store import ANN, LIST, NOW, new_store


@dataclass
class Listed:
    list: str = LIST


@dataclass
class Proved:
    """A policy as far as publishing it goes."""

    digest: str
    profile: Listed

    def canonical(self) -> bytes:
        return self.digest.encode() * 3

    def learned(self) -> dict[str, bytes]:
        return {"w" * 64: b"weights"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = new_store(tmp_path)
    yield opened
    opened.close()


def publish(store: Store, digest: str, list_address: str = LIST) -> int:
    policy = Proved(digest, Listed(list_address))
    return store.write(lambda c: versions.publish(c, policy, ANN, "tried in shadow", NOW))


def test_versions_are_numbered_per_list_and_the_last_is_in_force(store: Store) -> None:
    assert [publish(store, digest) for digest in ("a", "b")] == [1, 2]
    assert publish(store, "b", "other@lists.example") == 1
    other, physics = store.read(versions.current)
    assert (other.list, other.number) == ("other@lists.example", 1)
    assert (physics.list, physics.number, physics.digest, physics.canonical) == (LIST, 2, "b", b"bbb")
    assert [(one.number, one.digest, one.by) for one in store.read(lambda c: versions.history(c, LIST))] == [
        (1, "a", ANN),
        (2, "b", ANN),
    ]
    assert store.read(lambda c: versions.version(c, LIST, 1)).canonical == b"aaa"


def test_the_same_policy_is_not_published_twice_running(store: Store) -> None:
    assert [publish(store, digest) for digest in ("a", "a", "b", "a")] == [1, 1, 2, 3]
    assert store.read(versions.generation) == 3
    assert [entry.entry.version for entry in store.read(audit.read)] == [1, 2, 3]


def test_a_removed_list_is_not_served_and_its_versions_stay(store: Store) -> None:
    publish(store, "a")
    store.write(lambda c: versions.remove(c, LIST, ANN, "closed", NOW))
    assert store.read(versions.current) == ()
    with pytest.raises(NotServed, match=f"{LIST} is not served"):
        store.write(lambda c: versions.remove(c, LIST, ANN, "closed", NOW))
    assert publish(store, "a") == 2
    assert [entry.entry.act for entry in store.read(audit.read)] == ["publish", "remove list", "publish"]


def test_a_version_that_never_was_is_named(store: Store) -> None:
    with pytest.raises(NotServed, match="has no version 7"):
        store.read(lambda c: versions.version(c, LIST, 7))


def test_other_processes_notice_a_publication(store: Store) -> None:
    before = store.data_version()
    publish(store, "a")
    assert store.data_version() != before


def test_what_was_learned_is_kept_once_for_all_versions(store: Store) -> None:
    for digest in "ab":
        publish(store, digest)
    assert store.read(lambda c: c.scalar(select(func.count()).select_from(POLICY_WEIGHTS))) == 1
    assert store.read(lambda c: versions.weights(c, "w" * 64)) == b"weights"


def test_weights_that_were_never_published_are_not_found(store: Store) -> None:
    with pytest.raises(LookupError):
        store.read(lambda c: versions.weights(c, "0" * 64))
