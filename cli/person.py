"""Who is at the terminal."""

import os
import pwd

from gateway.people import NotAllowed, People, acting
from gateway.settings import Settings
from rules.profile import Profile


def login() -> str:
    """The operating system's name for whoever runs the command; its number where it has no name."""
    # By number and not from $USER, which anyone may set.
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


def people_of(profile: Profile, settings: Settings) -> People:
    """Who may decide on a list's posts."""
    return People.of(profile.list, profile.moderators, profile.owners, settings.admins)


def whose(profile: Profile, settings: Settings, given: str | None) -> str:
    """The name under which an act on a list that needs no right is recorded, as in `recorded`."""
    return recorded(people_of(profile, settings), given)


def recorded(people: People, given: str | None) -> str:
    """The login's address, else its name; where --as says another, that one, and the login beside it.

    An act that needs no right can be done under any name, so the record says who was at the terminal.
    """
    user = login()
    try:
        own = acting(people, user, None).address
    except NotAllowed:
        own = user
    if given is None or given.lower() == own.lower():
        return own
    return f"{given} (login {user})"
