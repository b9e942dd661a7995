"""Who may act on the whole installation: repair its store, delete its old messages."""

from cli import session
from cli.listfiles.published import policy_of
from cli.person import login, people_of, recorded
from gateway import versions
from gateway.people import People, acting
from gateway.settings import Settings
from gateway.store.database import Store


def keeper(store: Store, given: str | None) -> str:
    """The name under which the act is recorded, as in `recorded`. Raises NotAllowed, naming those who may."""
    people = _everybody(store, session.settings())
    acting(people, login(), given)
    return recorded(people, given)


def _everybody(store: Store, settings: Settings) -> People:
    """The admins, and whoever may decide on some list."""
    lists = [people_of(policy_of(one).profile, settings) for one in store.read(versions.current)]
    moderators = [person for people in lists for person in people.moderators]
    owners = [person for people in lists for person in people.owners]
    return People.of("", moderators, owners, settings.admins)
