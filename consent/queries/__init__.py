"""Every question that this package asks of the database, and every row it writes."""

from consent.queries.facts import cited, facts
from consent.queries.register import register

__all__ = ["cited", "facts", "register"]
