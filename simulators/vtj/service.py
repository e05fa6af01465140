"""The population register's HenkilonTunnusKysely over SOAP, enough to answer by identity code (DOMAIN.md 2.4; query.xsd).

Products ``Perussanoma 1`` and ``Perussanoma 3``. Dates are ``YYYYMMDD``, an empty element means no value, a dwelling's id ends in a
space, and the header comes back in alphabetical order: so does the recorded answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from simulators import soap
from simulators.vtj.markup import Node, element
from simulators.vtj.picture import Registered, person
from simulators.wire import Answer, Request

QUERY = "http://xml.vrk.fi/ws/vtj/vtjkysely/1"
RESPONSE = "http://xml.vrk.fi/schema/vtjkysely"
PERSON = "http://xml.vrk.fi/schema/vtj/henkilotiedot/1"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
PRODUCTS = {"Perussanoma 1": "PERUSSANOMA 1", "Perussanoma 3": "PERUSSANOMA 3"}
NOT_FOUND = ("0001", "Hakuperusteella ei löydy tietoja vtj:stä")
# A code of the group -15xx to -19xx that is the asker's mistake; which of them is unverified.
BAD_REQUEST = ("-1904", "Virheellinen kysely")
REQUEST_FIELD = "HenkilonTunnusKysely/request/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A passivated identity code and the one that holds now (code 0002)."""

    hetu: str


Register = Callable[[str], Registered | Replaced | None]
Clock = Callable[[], datetime]


class Vtj:
    """The register's service; `register` finds by identity code, `clock` gives the moment of extraction in Helsinki's time."""

    def __init__(self, register: Register, clock: Clock) -> None:
        self._register = register
        self._clock = clock

    def __call__(self, request: Request) -> Answer:
        """Answer one HenkilonTunnusKysely."""
        message = soap.read(request.body)
        asked = {
            leaf.path.removeprefix(REQUEST_FIELD): leaf.text.strip()
            for leaf in message.leaves
            if leaf.path.startswith(REQUEST_FIELD)
        }
        body = {"request": _echo(asked), "response": self._response(asked)}
        inside = element("HenkilonTunnusKyselyResponse", {"@xmlns": QUERY, **body})
        envelope = f'<s:Envelope xmlns:s="{soap.ENVELOPE}"><s:Header>{_header(message)}</s:Header><s:Body>{inside}</s:Body></s:Envelope>'
        return Answer(media_type=soap.MEDIA_TYPE, body=f'<?xml version="1.0" encoding="UTF-8"?>\n{envelope}'.encode())

    def _response(self, asked: dict[str, str]) -> Node:
        product = PRODUCTS.get(asked.get("SoSoNimi", ""))
        if product is None or not asked.get("Loppukayttaja"):
            return _fault(BAD_REQUEST)
        found = self._register(asked.get("Henkilotunnus", ""))
        if found is None:
            return _fault(NOT_FOUND)
        return {"VTJHenkiloVastaussanoma": self._message(product, asked["Henkilotunnus"], found)}

    def _message(self, product: str, hetu: str, found: Registered | Replaced) -> Node:
        at = self._clock()
        return {
            "@xmlns": RESPONSE,
            "@xmlns:vtj": PERSON,
            "@xmlns:xsi": SCHEMA_INSTANCE,
            "@sanomatunnus": product,
            "@tietojenPoimintaaika": f"{at:%Y%m%d%H%M%S}",
            "@versio": "1.0",
            "@xsi:schemaLocation": f"{RESPONSE} {product}.xsd",
            "Asiakasinfo": dict.fromkeys(("InfoS", "InfoR", "InfoE"), f"{at:%d.%m.%Y %H:%M}"),
            **_outcome(product, hetu, found),
        }


def _outcome(product: str, hetu: str, found: Registered | Replaced) -> dict[str, Node]:
    if isinstance(found, Replaced):
        return {
            "Paluukoodi": {"@koodi": "0002", "#text": "Henkilötunnus on passivoitu"},
            "Hakuperusteet": _criterion(hetu),
            "Henkilo": {"Henkilotunnus": {"@voimassaolokoodi": "1", "#text": found.hetu}},
        }
    return {
        "Paluukoodi": {"@koodi": "0000", "#text": "Haku onnistui"},
        "Hakuperusteet": _criterion(hetu),
        "Henkilo": person(found, product=product),
    }


def _criterion(hetu: str) -> Node:
    found = {"@hakuperusteTekstiE": "Found", "@hakuperusteTekstiR": "Hittades", "@hakuperusteTekstiS": "Löytyi"}
    return {"Henkilotunnus": {"@hakuperustePaluukoodi": "1", **found, "#text": hetu}}


def _fault(code_and_text: tuple[str, str]) -> Node:
    return dict(zip(("faultCode", "faultString"), code_and_text, strict=True))


def _echo(asked: dict[str, str]) -> Node:
    hidden = {"Kayttajatunnus": "*****", "Salasana": None}
    return {name: hidden.get(name, value) for name, value in asked.items()}


def _header(message: soap.Message) -> str:
    names = sorted({leaf.path for leaf in message.fields if "/" not in leaf.path} | {"issue"})
    return "".join(_header_field(message, name) for name in names)


def _header_field(message: soap.Message, name: str) -> str:
    attributes = f' xmlns:h="{soap.XROAD}" xmlns:a="{soap.IDENTIFIERS}"'
    parts = [leaf for leaf in message.fields if leaf.path.startswith(f"{name}/")]
    if not parts:
        return f"<h:{name}{attributes}>{escape(message.value(name) or '')}</h:{name}>"
    kind = quoteattr(message.attributes[name]["objectType"])
    inside = "".join(
        f"<a:{part}>{escape(leaf.text.strip())}</a:{part}>" for leaf in parts for part in [leaf.path.partition("/")[2]]
    )
    return f"<h:{name}{attributes} a:objectType={kind}>{inside}</h:{name}>"
