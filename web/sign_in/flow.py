"""The way to the provider and back: begun in one browser, ended in the same one, once."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from db.engine import Transaction
from publish.people import person_of
from web.queries import sessions as rows
from web.queries.sessions import SignInRow
from web.sessions import Who, digest, fresh_secret
from web.sign_in.identity import CLOCKS_DIFFER_S, Identity, NotSignedIn, UnknownKey, identity_of
from web.sign_in.provider import Metadata, Provider

LIFE: Final = timedelta(minutes=10)
VERIFIER_BYTES: Final = 48


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in begun: where to send the browser, and the secret that only this browser holds."""

    address: str
    browser_secret: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """A sign-in that ended well: who, and what was asked when it began."""

    identity: Identity
    back_to: str
    long_idle: bool
    renews: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a sign-in is for: the page to come back to, and the session that it renews, if it is to prove anew who has it."""

    back_to: str
    long_idle: bool = False
    renews: bytes | None = None


def begin(tx: Transaction, provider: Provider, wanted: Wanted, *, at: datetime) -> Begun:
    """Remember a sign-in and give the address at the provider."""
    state, browser, nonce, verifier = (
        fresh_secret(),
        fresh_secret(),
        fresh_secret(),
        secrets.token_urlsafe(VERIFIER_BYTES),
    )
    kept = (wanted.back_to, wanted.long_idle, at + LIFE, wanted.renews)
    rows.begin_sign_in(tx, SignInRow(digest(state), digest(browser), nonce, verifier, *kept))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    anew = wanted.renews is not None
    address = provider.address(provider.metadata(at=at), state=state, nonce=nonce, challenge=challenge, anew=anew)
    return Begun(address, browser)


def take(tx: Transaction, answer: Mapping[str, str], *, browser_secret: str, at: datetime) -> SignInRow:
    """Find the sign-in that an answer belongs to, and use it up; raises NotSignedIn when it is not this browser's."""
    row = rows.take_sign_in(tx, state_hash=digest(answer.get("state", "")), at=at)
    if row is None or not hmac.compare_digest(row.browser_hash, digest(browser_secret)):
        raise NotSignedIn("state")
    return row


def vouched(provider: Provider, row: SignInRow, answer: Mapping[str, str], *, at: datetime) -> Vouched:
    """Turn the provider's answer into an identity; raises NotSignedIn, ProviderFailed.

    ``iss`` has to be there and the provider's own (RFC 9207): an answer of another provider is not taken to this one.
    """
    if answer.get("iss") != provider.settings.issuer:
        raise NotSignedIn("iss")
    if "code" not in answer:
        raise NotSignedIn("given_up" if answer.get("error") == "access_denied" else "error")
    metadata = provider.metadata(at=at)
    token = provider.exchange(metadata, code=answer["code"], verifier=row.verifier)

    def read(known: Metadata) -> Identity:
        return identity_of(token, known.keys, provider.settings, nonce=row.nonce, at=at)

    identity = _with_fresh_keys(provider, metadata, read, at=at)
    if row.renews is not None:
        _check_proved_since(identity, row.ends_at - LIFE)
    return Vouched(identity, row.back_to, row.long_idle, row.renews)


def _check_proved_since(identity: Identity, begun_at: datetime) -> None:
    """Refuse the word of a provider that asked nothing: who signs in anew proves who they are after it began."""
    proved_at = identity.signed_in_at
    if proved_at is None or proved_at < begun_at - timedelta(seconds=CLOCKS_DIFFER_S):
        raise NotSignedIn("not_anew", subject=identity.subject)


def who(tx: Transaction, identity: Identity) -> Who:
    """Let a ``person_id`` stand for a person's HETU; a person nobody knows is let in all the same, to empty pages."""
    person_id = None if identity.hetu is None else person_of(tx, identity.hetu)
    return Who(role=identity.role, subject=identity.subject, office=identity.office, person_id=person_id)


def _with_fresh_keys(
    provider: Provider, metadata: Metadata, read: Callable[[Metadata], Identity], *, at: datetime
) -> Identity:
    """Read a token, once more with keys read anew when it names one that is not known: providers rotate."""
    try:
        return read(metadata)
    except UnknownKey:
        provider.forget()
    try:
        return read(provider.metadata(at=at))
    except UnknownKey:
        raise NotSignedIn("key") from None
