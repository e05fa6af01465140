"""Every question that this package asks of the database, and every row it writes."""

from consent.queries.facts import facts
from consent.queries.register import register

__all__ = ["facts", "register"]
