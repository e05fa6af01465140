"""What a form has sent: its fields once each, and the token that shows it is ours (PAGES.md 2)."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

TOKEN: Final = "form"  # noqa: S105 - the name of a field
MOST_FIELDS: Final = 200
MEDIA_TYPE: Final = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """What was sent is no form of ours."""


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, in the order sent; a checkbox group gives several values. What a file was called is not kept."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def one(self, name: str) -> str:
        """Give a field's text without blanks around it, empty when it was not sent."""
        values = self.fields.get(name, ())
        return values[0].strip() if len(values) == 1 else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Give all values of a group."""
        return tuple(self.fields.get(name, ()))


def read(body: bytes) -> Form:
    """Read a form; raises BadForm."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise BadForm from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return Form(fields)


def is_ours(headers: Mapping[str, str], form: Form, *, origin: str, token: str | None) -> bool:
    """Say whether a form was sent from a page of ours: by what the browser tells of its origin, and by the session's token.

    ``token`` None: nobody is signed in, and the browser's word has to do.
    """
    site = headers.get("sec-fetch-site")
    ours = site == "same-origin" if site is not None else headers.get("origin") == origin
    return ours and (token is None or hmac.compare_digest(form.one(TOKEN).encode(), token.encode()))
