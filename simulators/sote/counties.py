"""The wellbeing services counties as X-Road members: code, Y-tunnus and class; only Etelä-Savo's number is known, none is verified."""

from dataclasses import dataclass

from simulators.population.providers import business_id
from simulators.xroad import ClientId, ServiceId

MEMBER_CLASS = "MUN"
ETELA_SAVO = ("12", "3221331-8")
FIRST_ARTIFICIAL = 9_300_000
SERVICE_CODE = "fhir-r4"
NAMES = {
    "01": "Itä-Uudenmaan hyvinvointialue",
    "02": "Keski-Uudenmaan hyvinvointialue",
    "03": "Länsi-Uudenmaan hyvinvointialue",
    "04": "Vantaan ja Keravan hyvinvointialue",
    "05": "Varsinais-Suomen hyvinvointialue",
    "06": "Satakunnan hyvinvointialue",
    "07": "Kanta-Hämeen hyvinvointialue",
    "08": "Pirkanmaan hyvinvointialue",
    "09": "Päijät-Hämeen hyvinvointialue",
    "10": "Kymenlaakson hyvinvointialue",
    "11": "Etelä-Karjalan hyvinvointialue",
    "12": "Etelä-Savon hyvinvointialue",
    "13": "Pohjois-Savon hyvinvointialue",
    "14": "Pohjois-Karjalan hyvinvointialue",
    "15": "Keski-Suomen hyvinvointialue",
    "16": "Etelä-Pohjanmaan hyvinvointialue",
    "17": "Pohjanmaan hyvinvointialue",
    "18": "Keski-Pohjanmaan hyvinvointialue",
    "19": "Pohjois-Pohjanmaan hyvinvointialue",
    "20": "Kainuun hyvinvointialue",
    "21": "Lapin hyvinvointialue",
    "90": "Helsingin kaupunki",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """One county: its two-digit code, name and Y-tunnus."""

    code: str
    name: str
    business_id: str

    def service(self, instance: str) -> ServiceId:
        """Name its client system's FHIR service on X-Road."""
        return ServiceId(ClientId(instance, MEMBER_CLASS, self.business_id, "asiakastieto"), SERVICE_CODE)


def _county(code: str) -> County:
    known = ETELA_SAVO[1] if code == ETELA_SAVO[0] else business_id(FIRST_ARTIFICIAL + 10 * int(code))
    return County(code=code, name=NAMES[code], business_id=known)


COUNTIES = {code: _county(code) for code in NAMES}
