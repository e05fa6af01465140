"""The head of a call about a person: why, in which case, by which worker, for which categories (API.md 4)."""

import re
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from schemas.vocabulary import Category
from web.problems import Kind, Problem

CASE: Final = re.compile(r"[A-Za-z0-9._:/-]{1,64}")
KEY: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
USER: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
"""A pseudonym or ``job:NAME``: without spaces and ``@``, no name and no e-mail address."""
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Head:
    """What the three headers and the query say; the purpose is not known to be one yet."""

    purpose: str
    case: str = field(repr=False)
    user: str = field(repr=False)
    categories: tuple[Category, ...]


def read(request: Request, *, with_categories: bool = False) -> Head:
    """Read the head, and see that a body is JSON; raises the problems of form, 400 and 415."""
    see_json(request)
    return Head(
        purpose=purpose(request),
        case=one(request, "Luukku-Case", CASE),
        user=user(request),
        categories=_categories(request, allowed=with_categories),
    )


def purpose(request: Request) -> str:
    """Read why it is asked; raises the problems of form, 400."""
    if "Luukku-Purpose" not in request.headers:
        raise Problem(Kind.PURPOSE_MISSING)
    return one(request, "Luukku-Purpose", USER)


def user(request: Request) -> str:
    """Read which worker, or job, asks."""
    return one(request, "Luukku-User", USER)


def see_json(request: Request) -> None:
    """Refuse a body of another media type."""
    if request.method == "POST" and _media_type(request) != JSON:
        raise Problem(Kind.MEDIA_TYPE)


def parameters(request: Request, *allowed: str) -> dict[str, str]:
    """Read the query: parameters of these names, each at most once."""
    given = request.query_params.multi_items()
    found = dict(given)
    if len(found) < len(given) or not found.keys() <= set(allowed):
        raise Problem(Kind.BAD_REQUEST)
    return found


def one(request: Request, name: str, form: re.Pattern[str]) -> str:
    """Read a header that has to be there once, in this form."""
    given = request.headers.getlist(name)
    if len(given) != 1 or not form.fullmatch(given[0]):
        raise Problem(Kind.BAD_REQUEST)
    return given[0]


def _categories(request: Request, *, allowed: bool) -> tuple[Category, ...]:
    """Read ``?categories=a,b``; any other parameter, and an unknown or empty code, is refused."""
    given = request.query_params.multi_items()
    if not given:
        return ()
    if not allowed or [name for name, _ in given] != ["categories"]:
        raise Problem(Kind.BAD_REQUEST)
    try:
        return tuple(Category(code) for code in given[0][1].split(","))
    except ValueError:
        raise Problem(Kind.BAD_REQUEST) from None


def _media_type(request: Request) -> str:
    return request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
