"""Makes the authenticator that the settings ask for."""

from gateway.authentication.authenticator import Authenticator
from gateway.authentication.resolver import Resolver
from gateway.authentication.verifier import Verifier
from gateway.settings import AuthenticationSettings


def authenticator(settings: AuthenticationSettings) -> Authenticator:
    """The authenticator that asks the settings' resolver, which is not off. Raises NoNameserver."""
    resolver = Resolver(settings.resolver)
    return Authenticator(resolver, Verifier(), seconds=settings.seconds, queries=settings.queries)
