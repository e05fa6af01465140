"""Every question that this package asks of the database, and every row it writes."""

from consent.queries.facts import Cited, facts
from consent.queries.register import NUMBER, numbered, register

__all__ = ["NUMBER", "Cited", "facts", "numbered", "register"]
