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
    """The name under which an act that needs no right is recorded: --as, else the login's address or name."""
    if given is not None:
        return given
    try:
        return acting(people_of(profile, settings), login(), None).address
    except NotAllowed:
        return login()
