"""How people sign in at an instance: the provider, ourselves as its client, and the stand-in that knows us."""

import os
import secrets

from cli.settings import Refusal, Settings
from db.keys import Keyring
from simulators.identity_provider import Client, IdentityProvider
from web.sign_in.pages import BACK
from web.sign_in.settings import SignInSettings


def ours(settings: Settings, *, artificial_only: bool) -> SignInSettings:
    """Say at whom people sign in, and as whom we ask; ``artificial_only``: nobody comes in under a real person's identity code."""
    return SignInSettings(
        issuer=settings.provider_url,
        client_id=settings.client,
        secret=_secret(settings),
        redirect_uri=f"{settings.web_url}{BACK}",
        artificial_only=artificial_only,
    )


def guarded(settings: Settings, keyring: Keyring) -> bool:
    """Tell whether pages may be served: the stand-in lets anybody in, so beside keys of real use a real provider has to be named."""
    return settings.provider is not None or keyring.development


def stand_in(settings: Settings) -> IdentityProvider:
    """Make the stand-in, under the address where the stand-ins listen."""
    client = Client(settings.client, _secret(settings), (f"{settings.web_url}{BACK}",))
    return IdentityProvider(settings.stand_in_provider_url, client)


def _secret(settings: Settings) -> str:
    """Read the client's secret; for the stand-in one is made where there is none, whichever process comes first."""
    path = settings.sign_in_secret
    if settings.provider is not None and not path.exists():
        raise Refusal(f"The secret that {settings.provider} knows us by has to lie in {path}.", code=3)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as made:  # noqa: PTH123 - a descriptor, made 0600
            made.write(secrets.token_hex())
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8").strip()
