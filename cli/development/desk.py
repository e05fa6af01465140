"""The desks of a developer's machine: what the synthetic people want is recorded as their own acts, once for each of their days."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby, islice
from pathlib import Path
from typing import Final
from uuid import UUID


from cli.development.parties import authority
from cli.house import House
from cli.stand_ins import HELSINKI, Drawn
from db.clock import now
from simulators.population import Population

PEOPLE_A_TRANSACTION: Final = 100


def record_wishes(house: House) -> None:
    """Record what the people have said at the desks, unless a former start has."""
