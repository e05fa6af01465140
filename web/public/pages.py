"""The pages for everybody by address."""

from collections.abc import Sequence
from typing import Final

from web.pages.routes import Page
from web.public import laws, notices, receivers

PAGES: Final[Sequence[Page]] = (
    Page(path="/notices", handle=notices.listed),
    Page(path="/notices/{agreement}", handle=notices.one),
    Page(path="/notices/{agreement}/compare", handle=notices.compare),
    Page(path="/statutes", handle=laws.listed),
    Page(path="/recipients/{recipient}", handle=receivers.one),
)
