"""What SQLAlchemy works out about a statement, kept over all databases of the tests' server: they are copies of one."""

from sqlalchemy import create_engine, make_url
from sqlalchemy.util import LRUCache

STATEMENTS = 4_000
"""How many are kept; an engine by itself keeps 500."""


def remembering(url):
    """Give a maker of engines; those to the server behind ``url`` share its dialect, and what was made of each statement with it.

    The first has asked the server what it is and what it can do; the others ask nothing, for each test opens several.
    """
    first, kept = create_engine(url), LRUCache(STATEMENTS)
    first.connect().close()
    first.dispose()

    def made(address, **given):
        engine = create_engine(address, **given)
        if make_url(address).query.get("host") == first.url.query["host"]:
            engine.dialect.initialize = _asks_nothing  # type: ignore[method-assign] # of this engine alone
            engine.dialect, engine._compiled_cache = first.dialect, kept
        return engine

    return made


def _asks_nothing(connection):
    pass
