"""Who an ID token says has signed in, once every claim of it holds (OpenID Connect Core 3.1.3.7)."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import jwt

from schemas.identifiers import BusinessId, Hetu, InvalidIdentifier
from web.sessions import Role
from web.sign_in.settings import SignInSettings

ALGORITHMS: Final = ("ES256", "PS256", "RS256")
CLOCKS_DIFFER_S: Final = 10
LONGEST_TOKEN: Final = 16 * 1024
HETU_CLAIM: Final = "urn:oid:1.2.246.21"
ROLES_CLAIM: Final = "luukku_roles"
OFFICE_CLAIM: Final = "luukku_office"
_REQUIRED: Final = ["iss", "sub", "aud", "exp", "iat", "nonce", "acr"]


class UnknownKey(Exception):
    """The token names a key that the provider had not published when we last looked."""


class NotSignedIn(Exception):
    """An answer of the provider that lets nobody in; ``why`` is a code, never a value. ``subject``: whom it vouched for, if it did."""

    def __init__(self, why: str, *, subject: str | None = None) -> None:
        super().__init__(f"Signing in was refused: {why}.")
        self.why = why
        self.subject = subject


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity in one role; a person by HETU, which is dropped as soon as a ``person_id`` stands for it.

    ``signed_in_at``: when the provider last saw them prove who they are (``auth_time``), None when it does not say.
    """

    role: Role
    subject: str = field(repr=False)
    office: str | None
    hetu: Hetu | None
    signed_in_at: datetime | None = None


def identity_of(
    token: str, keys: Sequence[Mapping[str, Any]], settings: SignInSettings, *, nonce: str, at: datetime
) -> Identity:
    """Read an ID token; raises NotSignedIn with the first rule that breaks, UnknownKey when keys are to be read anew."""
    claims = _verified(token, keys, settings)
    if not hmac.compare_digest(str(claims["nonce"]), nonce):
        raise NotSignedIn("nonce")
    if float(claims["iat"]) > at.timestamp() + CLOCKS_DIFFER_S:
        raise NotSignedIn("iat")
    try:
        return replace(_admitted(claims, settings), signed_in_at=_signed_in_at(claims, at))
    except NotSignedIn as refusal:
        raise NotSignedIn(refusal.why, subject=str(claims["sub"])) from None


def _signed_in_at(claims: Mapping[str, Any], at: datetime) -> datetime | None:
    """Read ``auth_time``, seconds since 1970; raises NotSignedIn for one that is no number of these years, or yet to come."""
    told = claims.get("auth_time")
    if told is None:
        return None
    if type(told) is not int or not 0 < told <= at.timestamp() + CLOCKS_DIFFER_S:
        raise NotSignedIn("auth_time")
    return min(datetime.fromtimestamp(told, UTC), at)


def _verified(token: str, keys: Sequence[Mapping[str, Any]], settings: SignInSettings) -> Mapping[str, Any]:
    """Check signature, ``iss``, ``aud``, ``exp`` and that nothing is missing; a token for several audiences is refused."""
    try:
        header = jwt.get_unverified_header(token[: LONGEST_TOKEN + 1])
        key = next((key for key in keys if key.get("kid") == header.get("kid")), None)
        if header.get("alg") not in ALGORITHMS:
            raise NotSignedIn("alg")
        if key is None:
            raise UnknownKey
        claims: Mapping[str, Any] = jwt.decode(
            token,
            jwt.PyJWK.from_dict(dict(key), header["alg"]),
            algorithms=[header["alg"]],
            audience=settings.client_id,
            issuer=settings.issuer,
            leeway=CLOCKS_DIFFER_S,
            options={"require": _REQUIRED, "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        raise NotSignedIn(type(error).__name__) from None
    return claims


def _admitted(claims: Mapping[str, Any], settings: SignInSettings) -> Identity:
    identity = _mapped(claims, artificial_only=settings.artificial_only)
    if claims["acr"] not in settings.acr[identity.role]:
        raise NotSignedIn("acr")
    return identity


def _mapped(claims: Mapping[str, Any], *, artificial_only: bool) -> Identity:
    """Find the one role: a HETU makes a person, ``luukku_roles`` the rest; more than one role is none (PAGES.md 2)."""
    told = claims.get(ROLES_CLAIM, [])
    roles: set[Role] = {role for role in Role if role is not Role.PERSON and role in told}
    if HETU_CLAIM in claims:
        roles.add(Role.PERSON)
    if len(roles) != 1:
        raise NotSignedIn("two_roles" if roles else "no_role")
    role = roles.pop()
    subject = str(claims["sub"])
    if role is Role.PERSON:
        return Identity(role, subject, None, _hetu(claims[HETU_CLAIM], artificial_only=artificial_only))
    return Identity(role, subject, _office(claims) if role.in_office else None, None)


def _hetu(told: object, *, artificial_only: bool) -> Hetu:
    try:
        return Hetu.parse(str(told), artificial_only=artificial_only)
    except InvalidIdentifier:
        raise NotSignedIn("hetu") from None


def _office(claims: Mapping[str, Any]) -> str:
    try:
        return BusinessId.parse(str(claims.get(OFFICE_CLAIM))).text
    except InvalidIdentifier:
        raise NotSignedIn("office") from None
