"""What a developer's machine starts with: parties, law, agreements, systems, connections, and the wishes of synthetic people."""

from cli.development.call import worked_call
from cli.development.desk import record_wishes
from cli.development.furnish import furnish

__all__ = ["furnish", "record_wishes", "worked_call"]
