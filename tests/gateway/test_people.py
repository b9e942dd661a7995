"""Who is at the terminal, and whether they may decide."""

import pytest

from gateway.people import NotAllowed, People, Person, acting

ANN, BEN, ROOT = (
    Person("ann@x.example", "Ann", "ann"),
    Person("ben@x.example"),
    Person("root@x.example", "", "root"),
)
PEOPLE = People("physics@x.example", (ANN, BEN), (ANN,), (ROOT,))


@pytest.mark.parametrize(
    ("user", "given", "who"),
    [
        ("ann", None, ANN),
        ("root", None, ROOT),
        ("root", "ben@x.example", BEN),
        ("nobody", "Ben@X.example", BEN),
    ],
)
def test_a_person_is_known_by_login_or_named(user: str, given: str | None, who: Person) -> None:
    assert acting(PEOPLE, user, given) is who


@pytest.mark.parametrize(
    ("user", "given"), [("eve", None), ("", None), ("ann", "eve@x.example"), ("ann", "")]
)
def test_nobody_else_acts(user: str, given: str | None) -> None:
    with pytest.raises(NotAllowed, match=r"these may: root@x\.example \(user root\), ann@x\.example"):
        acting(PEOPLE, user, given)


def test_a_list_without_moderators_says_so() -> None:
    with pytest.raises(NotAllowed, match="nobody may: name 'moderators' in the list file"):
        acting(People("physics@x.example"), "ann", None)
