"""What a permit obliges to."""

from typing import NamedTuple


class Obligations(NamedTuple):
    """What the recipient and we owe for a permit: days it may keep the data, no passing on, location left out, a renewal asked."""

    retention_days: int | None = None
    no_onward: bool = False
    mask_location: bool = False
    renewal_due: bool = False
