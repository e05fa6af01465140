"""A stand-in for the identity provider: OpenID Connect with accounts of every role, and no passwords."""

from simulators.identity_provider.accounts import ACCOUNTS, Account
from simulators.identity_provider.provider import Client, IdentityProvider

__all__ = ["ACCOUNTS", "Account", "Client", "IdentityProvider"]
