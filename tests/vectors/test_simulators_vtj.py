"""The stand-in for the population register answers as the recorded and published answers of reference/vtj (evaka LGPL-2.1, yjdh MIT)."""

import json
from datetime import date, datetime

import pytest
import xmlschema
from lxml import etree

from simulators import soap
from simulators.registry import Service
from simulators.security_server import SecurityServer
from simulators.vtj import Address, Municipality, Registered, Replaced, Vtj
from simulators.wire import Request
from simulators.xroad import ClientId, ServiceId

pytestmark = pytest.mark.reference

BODY = f"{{{soap.ENVELOPE}}}Body"
HUB = ClientId("FI-TEST", "MUN", "0166906-4", "tyollisyyshub")
SERVICE = ServiceId(ClientId("FI-TEST", "GOV", "0245437-2", "VTJkysely"), "HenkilonTunnusKysely", "v1")
FINNISH = ("fi", "suomi", "finska")
TEST_STREET = Address(
    street=("Testikatu 12 C 3", "Testgatan 12 C 3"),
    postal_code="99990",
    post_office=("UTSJOKI", "UTSJOKI"),
    since=date(1987, 1, 23),
)
MAIJA = Registered(
    hetu="010170-960F",
    family_name="Meikäläinen",
    given_names="Maija",
    sex="2",
    language=FINNISH,
    address=TEST_STREET,
    temporary_address=Address(
        street=TEST_STREET.street, postal_code="99990", post_office=TEST_STREET.post_office, since=date(2006, 7, 29)
    ),
    dwelling="90000130991J052",
    municipality=Municipality(number="890", names=("Utsjoki", "Utsjoki"), since=date(1984, 3, 1)),
)
ALBERT = Registered(
    hetu="020501A999T",
    family_name="Jäppinen",
    given_names="Albert Kristian",
    sex="1",
    language=FINNISH,
    address=Address(
        street=("Kauppa Puistikko 6 B 23", "Handels Esplanaden 6 B 23"),
        postal_code="65100",
        post_office=("VAASA", "VASA"),
        since=date(2003, 11, 25),
    ),
    dwelling="90000009871B023",
    municipality=Municipality(number="905", names=("Vaasa", "Vasa"), since=date(2003, 11, 25)),
    nationality=("246", "Suomi", "Finland"),
)


def changed(person, **values):
    fields = {name: getattr(person, name) for name in person.__dataclass_fields__}
    return Registered(**(fields | values))


def helsinki_dead():
    home = Address(
        street=TEST_STREET.street, postal_code="00100", post_office=("HELSINKI", "HELSINGFORS"), since=date(1987, 1, 23)
    )
    return changed(
        MAIJA,
        hetu="020365-999P",
        family_name="Henkilö",
        given_names="Testi",
        address=home,
        temporary_address=Address(
            street=home.street, postal_code="00100", post_office=home.post_office, since=date(2006, 7, 29)
        ),
        municipality=Municipality(number="91", names=("Helsinki", "Helsingfors"), since=date(1984, 3, 1)),
        died=date(1900, 1, 1),
    )


def asked(reference, people, *, hetu, product, at):
    request = etree.fromstring((reference / "vtj" / "examples" / "henkilontunnuskysely-request.xml").read_bytes())
    for name, value in (("Henkilotunnus", hetu), ("SoSoNimi", product)):
        request.find(f".//{{*}}{name}").text = value
    found = {person.hetu: person for person in people} if not isinstance(people, dict) else people
    vtj = Vtj(found.get, lambda: datetime.fromisoformat(at))
    server = SecurityServer(
        [
            Service(
                id=SERVICE, provider=vtj, source="vtj", clients=frozenset({HUB}), methods=frozenset({"POST"}), soap=True
            )
        ]
    )
    message = etree.tostring(request)
    return server.answer(
        Request(method="POST", path="/", headers=(("content-type", "text/xml;charset=utf-8"),), body=message)
    )


def meaning(element):
    """Give an element as its name, attributes, text and children: without prefixes, indentation or the schema's address."""
    attributes = {key: value for key, value in element.attrib.items() if not key.endswith("schemaLocation")}
    return element.tag, attributes, (element.text or "").strip(), [meaning(child) for child in element]


def as_json(element):
    """Give an element in the form in which the JSON examples keep it."""
    name = etree.QName(element).localname
    children = {etree.QName(child).localname: as_json(child)[1] for child in element}
    attributes = {f"@{etree.QName(key).localname}": value for key, value in element.attrib.items()}
    text = element.text or None
    if not attributes and not children:
        return name, text
    return name, attributes | children | ({"#text": text} if text and not children else {})


def test_the_recorded_person_comes_back_as_recorded(reference):
    recorded = etree.fromstring((reference / "vtj" / "perussanoma3-response.xml").read_bytes())
    recorded.find(".//{*}Loppukayttaja").text = "hub-user: 00000000-0000-0000-0000-000000000000"

    answer = asked(reference, [ALBERT], hetu="020501A999T", product="Perussanoma 3", at="2019-06-20T17:42:12")

    assert meaning(etree.fromstring(answer.body).find(BODY)) == meaning(recorded.find(BODY))


def test_nobody_found_is_a_fault_inside_a_normal_answer(reference):
    example = etree.fromstring((reference / "vtj" / "examples" / "henkilontunnuskysely-response-0001.xml").read_bytes())

    answer = asked(reference, [ALBERT], hetu="010101-999X", product="Perussanoma 3", at="2026-02-12T11:28:21")

    given = etree.fromstring(answer.body)
    assert answer.status == 200
    assert meaning(given.find(BODY)) == meaning(example.find(BODY))
    assert [meaning(field) for field in given[0] if not field.tag.endswith("requestHash")] == [
        meaning(field) for field in example[0]
    ]


def test_nobody_found_says_so_in_the_words_of_the_published_example(reference):
    example = json.loads((reference / "vtj" / "not_found.json").read_bytes())

    answer = asked(reference, [], hetu="010101-999X", product="Perussanoma 1", at="2026-02-12T11:28:21")

    assert etree.fromstring(answer.body).findtext(".//{*}faultString") == example["#text"]


@pytest.mark.parametrize(
    ("file", "person", "at"),
    [
        ("perussanoma1_found_alive.json", MAIJA, "2022-04-07T09:08:00"),
        ("perussanoma1_found_dead.json", helsinki_dead(), "2022-04-07T09:08:00"),
        ("perussanoma1_turvakielto.json", changed(MAIJA, protected=True, sex="1"), "2026-02-12T11:28:21"),
    ],
)
def test_each_published_person_comes_back_as_published(reference, file, person, at):
    example = json.loads((reference / "vtj" / file).read_bytes())
    namespaces = {key for key in example if key.startswith("@xmlns")}

    answer = asked(reference, [person], hetu=person.hetu, product="Perussanoma 1", at=at)

    given = as_json(etree.fromstring(answer.body).find(".//{*}VTJHenkiloVastaussanoma"))[1]
    example["@schemaLocation"] = example.pop("@xsi:schemaLocation")
    assert given == {key: value for key, value in example.items() if key not in namespaces}


def test_a_passivated_code_leads_to_the_one_that_holds(reference):
    people = {"020501A999T": Replaced(hetu="020501A9997")}

    answer = asked(reference, people, hetu="020501A999T", product="Perussanoma 1", at="2026-02-12T11:28:21")

    tree = etree.fromstring(answer.body)
    assert tree.find(".//{*}Paluukoodi").get("koodi") == "0002"
    assert tree.findtext(".//{*}Henkilo/{*}Henkilotunnus") == "020501A9997"


def test_protection_shows_in_the_product_that_has_it_and_takes_the_place_away(reference):
    answer = asked(
        reference,
        [changed(ALBERT, protected=True)],
        hetu="020501A999T",
        product="Perussanoma 3",
        at="2026-02-12T11:28:21",
    )

    tree = etree.fromstring(answer.body)
    assert tree.findtext(".//{*}TurvakieltoTieto") == "1"
    assert "".join(tree.find(".//{*}Kotikunta").itertext()).strip() == ""
    assert "".join(tree.find(".//{*}VakinainenKotimainenLahiosoite").itertext()).strip() == ""


def test_an_unknown_product_is_the_askers_mistake(reference):
    answer = asked(reference, [ALBERT], hetu="020501A999T", product="Perussanoma 9", at="2026-02-12T11:28:21")

    assert etree.fromstring(answer.body).findtext(".//{*}faultCode").startswith("-19")


def test_the_answer_to_nobody_found_holds_by_the_registers_own_schema(reference):
    schema = xmlschema.XMLSchema(str(reference / "vtj" / "query.xsd"))

    answer = asked(reference, [], hetu="010101-999X", product="Perussanoma 3", at="2026-02-12T11:28:21")

    assert schema.is_valid(etree.fromstring(answer.body).find(BODY)[0])
