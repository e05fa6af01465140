"""The steward's pages by address."""

from typing import Final

from web.pages.routes import Page
from web.sessions import Role
from web.steward.tasks import tasks

PAGES: Final = (Page(path="/", handle=tasks, role=Role.STEWARD),)
