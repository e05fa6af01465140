"""Requests to the stand-ins as a consumer writes them by the documents, without our connectors (AMENDMENTS 22)."""

from datetime import date, datetime
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from simulators.population import Population
from simulators.simulation import Simulation
from simulators.wire import Request

TODAY = date(2026, 6, 4)
CLIENT = "FI-TEST/MUN/0166906-4/luukku"
TE = "/r1/FI-TEST/GOV/2296962-1/asiakastietovaranto/asiakastiedot/v1"
ETELA_SAVO = "/r1/FI-TEST/MUN/3221331-8/asiakastieto/fhir-r4"
MANDATES = "/r1/FI-TEST/GOV/0245437-2/valtuudet/valtuudet/v1"
HETU_SYSTEM = "urn:oid:1.2.246.21"
KELA_NS = "{urn:luukku:kela:etuustiedot:1}"


def a_population(*, people: int = 120, seed: int = 1) -> Population:
    return Population.make(people=people, seed=seed, today=TODAY)


def a_simulation(**population: int) -> Simulation:
    return Simulation.of(a_population(**population))


def rest(method: str, path: str, query: str = "", body: bytes = b"", **headers: str) -> Request:
    sent = {"x-road-client": CLIENT} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(method=method, path=path, query=query, headers=tuple(sent.items()), body=body)


def te_list(name: str, **parameters: object) -> Request:
    return rest("GET", f"{TE}/{name}", urlencode({"tyollisyysalue": "36"} | parameters, doseq=True))


def search(kind: str, hetus, *, base: str = ETELA_SAVO, **parameters: object) -> Request:
    tokens = ",".join(f"{HETU_SYSTEM}|{hetu}" for hetu in hetus)
    form = urlencode([("patient.identifier", tokens), *((f"_{name}", value) for name, value in parameters.items())])
    return rest("POST", f"{base}/{kind}/_search", body=form.encode(), content_type="application/x-www-form-urlencoded")


def followed(link: str, *, base: str = ETELA_SAVO) -> Request:
    path, _, query = link.removeprefix("https://sote-sisainen.invalid/fhir-r4").partition("?")
    return rest("GET", base + path, query)


def benefits(
    *,
    area: str = "36",
    since: datetime | str | None = None,
    people=(),
    size: object = 50,
    cursor: str | None = None,
    purpose="TYM-381-2023",
) -> Request:
    moment = f"{since:%Y-%m-%dT%H:%M:%SZ}" if isinstance(since, datetime) else since
    since_element = f"<muuttunutAlkaen>{moment}</muuttunutAlkaen>" if moment else ""
    named = "".join(f"<henkilotunnus>{escape(hetu)}</henkilotunnus>" for hetu in people)
    following = f"<jatko>{cursor}</jatko>" if cursor else ""
    query = (
        f"<tyollisyysalue>{area}</tyollisyysalue><tarkoitus>{purpose}</tarkoitus>{since_element}"
        f"{f'<henkilot>{named}</henkilot>' if named else ''}<sivu><koko>{size}</koko>{following}</sivu>"
    )
    return kela(f'<HaeEtuudet xmlns="urn:luukku:kela:etuustiedot:1"><kysely>{query}</kysely></HaeEtuudet>')


def kela(body: str) -> Request:
    envelope = f"""<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd"
 xmlns:id="http://x-road.eu/xsd/identifiers"><s:Header>
 <x:client id:objectType="SUBSYSTEM"><id:xRoadInstance>FI-TEST</id:xRoadInstance><id:memberClass>MUN</id:memberClass>
  <id:memberCode>0166906-4</id:memberCode><id:subsystemCode>luukku</id:subsystemCode></x:client>
 <x:service id:objectType="SERVICE"><id:xRoadInstance>FI-TEST</id:xRoadInstance><id:memberClass>GOV</id:memberClass>
  <id:memberCode>0246246-0</id:memberCode><id:subsystemCode>etuustiedot</id:subsystemCode>
  <id:serviceCode>HaeEtuudet</id:serviceCode><id:serviceVersion>v1</id:serviceVersion></x:service>
 <x:id>4894e35d-bf0f-44a6-867a-8e51f1daa7e0</x:id><x:userId>FI-luukku-7c1e</x:userId><x:protocolVersion>4.0</x:protocolVersion>
</s:Header><s:Body>{body}</s:Body></s:Envelope>"""
    return Request(
        method="POST", path="/", headers=(("content-type", "text/xml;charset=utf-8"),), body=envelope.encode()
    )
