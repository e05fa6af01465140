"""Who runs services, and business ids that are valid but given to no one."""

from simulators.population.chance import Draw
from simulators.population.te_records import Jarjestaja

NAMES = (
    "Työpaja Sampo",
    "Valmennus Silta",
    "Osuuskunta Pajakaari",
    "Taitotalli",
    "Uramaja",
    "Ammattiopisto Saima",
    "Kaste",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
# Business ids are given out from below: numbers from here up are far from being reached.
UNGIVEN = 9_400_000
SAVONLINNA = Jarjestaja(ytunnus="0166906-4", nimi="Savonlinnan kaupunki")


def business_id(number: int) -> str:
    """Give the first valid business id at or above this number of seven digits (DOMAIN.md 2.1)."""
    remainder = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, f"{number:07}", strict=True)) % 11
    if remainder == 1:
        return business_id(number + 1)
    return f"{number:07}-{(11 - remainder) % 11}"


def provider(draw: Draw, municipality: str, *, own: bool) -> Jarjestaja:
    """Give the municipality itself, or one of its seven providers."""
    if own and municipality == "740":
        return SAVONLINNA
    number = 0 if own else 1 + draw.upto(len(NAMES))
    name = "Kunnan työllisyyspalvelut" if own else NAMES[number - 1]
    return Jarjestaja(ytunnus=business_id(UNGIVEN + int(municipality) * 100 + number * 10), nimi=name)
