"""Pages of Kela become frames of text, however the XML is spelled; a record that cannot be read costs itself alone."""

import re
from dataclasses import fields

import pytest

from connectors import kela
from connectors.errors import PageRefused, SourceChanged
from connectors.frames import Frame, pack
from connectors.kela.cut import count, cut
from schemas import kela as records

HEAD = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>'
    '<HaeEtuudetResponse xmlns="urn:luukku:kela:etuustiedot:1"><vesileima>2026-06-04T02:00:00Z</vesileima>'
    "<sivu><koko>200</koko><palautettu>1</palautettu></sivu>"
)
TAIL = "</HaeEtuudetResponse></s:Body></s:Envelope>"
DECISION = (
    "<etuusratkaisu><ratkaisuId>R-1001</ratkaisuId><versio>2</versio><etuus>TYOMARKKINATUKI</etuus>"
    "<ratkaisu>MYONTO</ratkaisu><peruste>TYOTTOMYYS</peruste><alkuPvm>2025-03-03</alkuPvm>"
    "<loppuPvm>2026-04-30</loppuPvm><ratkaisuPvm>2025-03-20</ratkaisuPvm>"
    "<muokattuAika>2026-05-01T03:00:00Z</muokattuAika></etuusratkaisu>"
)
PAYMENT = (
    "<maksu><maksuId>M-77</maksuId><versio>1</versio><ratkaisuId>R-1001</ratkaisuId><etuus>TYOMARKKINATUKI</etuus>"
    "<kaudenAlkuPvm>2026-04-01</kaudenAlkuPvm><kaudenLoppuPvm>2026-04-30</kaudenLoppuPvm>"
    "<maksettuPvm>2026-05-05</maksettuPvm><etuuspaivat>22</etuuspaivat><rahoittavaKunta>740</rahoittavaKunta>"
    "<peruttu>false</peruttu><muokattuAika>2026-05-05T05:00:00Z</muokattuAika></maksu>"
)
COUNTER = "<paivalaskuri><laji>KUNTAOSUUS</laji><paivat>304</paivat><tilannePvm>2026-04-30</tilannePvm></paivalaskuri>"
CLAIM = (
    "<vireillaolo><vireillaId>V-1</vireillaId><etuus>YLEISTUKI</etuus><saapunutPvm>2026-05-02</saapunutPvm>"
    "<tila>VIREILLA</tila><muokattuAika>2026-05-02T05:00:00Z</muokattuAika></vireillaolo>"
)
PERSON = "<henkilotunnus>120384-9128</henkilotunnus><turvakielto>false</turvakielto>"
CLIENT = f"<asiakas>{PERSON}{CLAIM}{DECISION}{PAYMENT}{COUNTER}</asiakas>"
ERROR = "<henkilovirhe><henkilotunnus>010594Y9032</henkilotunnus><koodi>EI_ASIAKAS</koodi></henkilovirhe>"


def parsed(content, *, head=HEAD, tail=TAIL):
    return kela.parse(pack(Frame(kind="HaeEtuudet", page=0, place="36", body=(head + content + tail).encode())))


def heights(result):
    return {record.__name__: frame.height for record, frame in result.frames.items()}


ALL = {"Asiakas": 1, "Vireillaolo": 1, "Etuusratkaisu": 1, "Maksu": 1, "Paivalaskuri": 1}


def test_the_sample_of_the_contract_becomes_rows_of_text():
    (row,) = parsed(CLIENT).frames[records.Etuusratkaisu].to_dicts()

    assert row == {
        "ratkaisu_id": "R-1001",
        "versio": "2",
        "etuus": "TYOMARKKINATUKI",
        "ratkaisu": "MYONTO",
        "peruste": "TYOTTOMYYS",
        "alku_pvm": "2025-03-03",
        "loppu_pvm": "2026-04-30",
        "ratkaisu_pvm": "2025-03-20",
        "edeltava_ratkaisu_id": None,
        "muokattu_aika": "2026-05-01T03:00:00Z",
        "locator": "HaeEtuudet:0:2",
        "hetu": "120384-9128",
    }


@pytest.mark.parametrize("record", records.RECORDS)
def test_the_columns_are_the_records_fields_in_order(record):
    frame = parsed(CLIENT + ERROR).frames[record]

    assert frame.columns == [*(field.name for field in fields(record)), "locator", "hetu"]
    assert set(map(str, frame.dtypes)) == {"String"}


def test_a_person_whom_kela_gives_nothing_for_is_a_record_of_their_own():
    passive = ERROR.replace("EI_ASIAKAS", "HETU_PASSIVOITU").replace(
        "</henkilovirhe>", "<uusiHenkilotunnus>120384-9128</uusiHenkilotunnus></henkilovirhe>"
    )

    result = parsed(ERROR + passive).frames[records.Henkilovirhe]

    assert result.select("hetu", "koodi", "uusi_henkilotunnus").rows() == [
        ("010594Y9032", "EI_ASIAKAS", None),
        ("010594Y9032", "HETU_PASSIVOITU", "120384-9128"),
    ]


def with_prefix(text):
    return re.sub(r"<(/?)(?=[a-zH])(?!s:)", r"<\1k:", text).replace("xmlns=", "xmlns:k=")


SPELLINGS = {
    "plain": (HEAD, CLIENT, TAIL),
    "prefixed": (with_prefix(HEAD), with_prefix(CLIENT), with_prefix(TAIL)),
    "spread over lines": (HEAD, CLIENT.replace("><", ">\r\n\t <"), TAIL),
    "with attributes": (
        HEAD,
        CLIENT.replace("<maksu>", "<maksu a='1'>").replace("<asiakas>", "<asiakas b='2' >"),
        TAIL,
    ),
    "with comments": (HEAD, CLIENT.replace("<maksu>", "<!-- </asiakas> --><maksu>"), TAIL),
    "with cdata": (HEAD, CLIENT.replace(">740<", "><![CDATA[740]]><"), TAIL),
    "with references": (HEAD, CLIENT.replace(">740<", ">&#55;40<"), TAIL),
    "with an instruction": (HEAD, CLIENT + "<?x y?>", TAIL),
    "with wide end tags": (HEAD, CLIENT.replace("</maksu>", "</maksu\n>").replace("</asiakas>", "</asiakas >"), TAIL),
    "in another order": (HEAD, f"<asiakas>{PERSON}{COUNTER}{PAYMENT}{DECISION}{CLAIM}</asiakas>", TAIL),
    "with its own namespace": (
        HEAD,
        CLIENT.replace("<asiakas>", "<asiakas xmlns='urn:luukku:kela:etuustiedot:1'>"),
        TAIL,
    ),
    "fields in another order": (
        HEAD,
        CLIENT.replace("<versio>1</versio>", "").replace("</maksu>", "<versio>1</versio></maksu>"),
        TAIL,
    ),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_however_it_is_spelled_the_rows_are_the_same(spelling):
    head, content, tail = SPELLINGS[spelling]
    plain = parsed(CLIENT)

    result = parsed(content, head=head, tail=tail)

    assert result.malformed == []
    for record, frame in plain.frames.items():
        assert frame.drop("locator").equals(result.frames[record].drop("locator")), record


@pytest.mark.parametrize("empty", ["<loppuPvm></loppuPvm>", "<loppuPvm/>", ""])
def test_an_empty_element_has_no_value(empty):
    content = CLIENT.replace("<loppuPvm>2026-04-30</loppuPvm>", empty)

    assert parsed(content).frames[records.Etuusratkaisu]["loppu_pvm"].to_list() == [None]


def test_a_mandatory_field_that_is_absent_is_for_a_rule_to_find():
    content = CLIENT.replace("<etuus>TYOMARKKINATUKI</etuus>", "")

    result = parsed(content)

    assert heights(result) == ALL
    assert result.frames[records.Maksu]["etuus"].to_list() == [None]


BROKEN = {
    "an end tag too few": PAYMENT.replace("</maksu>", ""),
    "an end tag of another name": PAYMENT.replace("</maksuId>", "</maksuid>"),
    "a bare ampersand": PAYMENT.replace("740", "7&40"),
    "a bare bracket": PAYMENT.replace("740", "7<40"),
    "a control character": PAYMENT.replace("740", "7\x0140"),
    "a character that is none": PAYMENT.replace("740", "7\uffff40"),
    "an unknown entity": PAYMENT.replace("740", "&kunta;"),
    "a field twice": PAYMENT.replace("<versio>", "<versio>3</versio><versio>"),
    "an open tag cut": PAYMENT.replace("<maksu>", "<maksu"),
    "a value without end": PAYMENT.replace("740", "7 " * 600_000 + "&"),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("others", [1, 3])
def test_a_record_that_cannot_be_read_costs_itself_alone(broken, others):
    bad = f"<asiakas>{PERSON}{DECISION}{BROKEN[broken]}{COUNTER}</asiakas>"

    result = parsed(CLIENT * others + bad + CLIENT * others)

    assert [aside.record for aside in result.malformed] == ["maksu"]
    assert heights(result) == {
        "Asiakas": 2 * others + 1,
        "Vireillaolo": 2 * others,
        "Etuusratkaisu": 2 * others + 1,
        "Maksu": 2 * others,
        "Paivalaskuri": 2 * others + 1,
    }
    assert b"M-77" in result.malformed[0].payload


BROKEN_CLIENTS = {
    "its code's element broken": CLIENT.replace("</henkilotunnus>", "</hetu>", 1),
    "its own end tag of another name": CLIENT.replace("<asiakas>", "<asiakas><x>"),
    "its start cut": CLIENT.replace("<henkilotunnus>", "<henkilotunnus", 1),
}


@pytest.mark.parametrize("broken", BROKEN_CLIENTS)
def test_a_client_that_cannot_be_told_apart_is_set_aside_whole(broken):
    result = parsed(CLIENT + BROKEN_CLIENTS[broken] + CLIENT)

    assert [aside.record for aside in result.malformed] == ["asiakas"]
    assert heights(result) == {record: 2 * number for record, number in ALL.items()}


DAMAGED = ERROR.replace("</", "<", 1)
DAMAGED_PAGES = {
    "alone": (DAMAGED, {}),
    "before another": (DAMAGED + ERROR, {"Henkilovirhe": 1}),
    "after another": (ERROR + DAMAGED, {"Henkilovirhe": 1}),
    "without its end": (CLIENT + ERROR.removesuffix("</henkilovirhe>") + ERROR, ALL | {"Henkilovirhe": 1}),
    "told twice": (CLIENT + ERROR.replace("<koodi>", "<koodi/><koodi>"), ALL),
    "after clients": (CLIENT + DAMAGED + ERROR, ALL | {"Henkilovirhe": 1}),
}


@pytest.mark.parametrize(("content", "left"), DAMAGED_PAGES.values(), ids=DAMAGED_PAGES)
@pytest.mark.parametrize("spelling", ["plain", "prefixed"])
def test_a_person_of_whom_the_refusal_is_damaged_costs_nobody_else(content, left, spelling):
    head, content, tail = (HEAD, content, TAIL) if spelling == "plain" else map(with_prefix, (HEAD, content, TAIL))

    result = parsed(content, head=head, tail=tail)

    assert heights(result) == left
    assert [each.record for each in result.malformed] == ["henkilovirhe"]
    assert b"010594Y9032" in result.malformed[0].payload


def test_a_reason_names_no_value():
    result = parsed(CLIENT.replace("740", "7&40").replace("120384-9128", "120384-9128"))

    assert [aside.reason for aside in result.malformed] == ["not well formed"]


def test_a_field_told_twice_in_a_page_with_comments_sets_its_client_aside():
    result = parsed("<!-- -->" + CLIENT + CLIENT.replace("<versio>2<", "<versio>2</versio><versio>3<"))

    assert [(aside.record, aside.reason) for aside in result.malformed] == [
        ("asiakas", "asiakas/etuusratkaisu/versio is there twice")
    ]
    assert heights(result) == ALL


def test_a_page_of_other_than_clients_is_a_changed_shape():
    with pytest.raises(SourceChanged, match="HaeMuutResponse"):
        parsed("", head=HEAD.replace("HaeEtuudetResponse", "HaeMuutResponse"), tail=TAIL.replace("Etuudet", "Muut"))


def test_a_page_that_is_no_message_is_refused():
    with pytest.raises(PageRefused, match="no SOAP message"):
        parsed("", head="<a>", tail="</a>")


def test_many_clients_after_the_last_good_end_are_found_from_the_pages_end():
    content = CLIENT + CLIENT.replace("</asiakas>", "") + "<x/>" * 5_000

    with pytest.raises((SourceChanged, PageRefused)):
        parsed(content)


def test_text_between_records_is_no_record():
    assert heights(parsed(CLIENT.replace("<maksu>", "stray<maksu>"))) == ALL


UNKNOWN = {
    "asiakas/uusi": CLIENT.replace("<maksu>", "<uusi>1</uusi><maksu>"),
    "asiakas/maksu/summa": CLIENT.replace("<peruttu>", "<summa>1</summa><peruttu>"),
    "asiakas/maksu/peruttu/koodi": CLIENT.replace("<peruttu>false<", "<peruttu><koodi>1</koodi><"),
    "HaeEtuudetResponse/lisa": CLIENT + "<lisa/>",
    "lisa": CLIENT + "<lisa/>" + CLIENT,
    "henkilovirhe/syy": CLIENT + ERROR.replace("<koodi>", "<syy/><koodi>"),
}


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_element_that_the_contract_does_not_name_is_told_by_its_path(path):
    with pytest.raises(SourceChanged) as changed:
        parsed(UNKNOWN[path])

    assert changed.value.path == path


@pytest.mark.parametrize("namespace", ["urn:luukku:kela:etuustiedot:2", ""])
def test_another_namespace_is_another_contract(namespace):
    with pytest.raises(SourceChanged):
        parsed(CLIENT, head=HEAD.replace("urn:luukku:kela:etuustiedot:1", namespace))


def test_clients_of_another_namespace_are_no_clients():
    head = with_prefix(HEAD).replace("<s:Body>", '<s:Body xmlns="urn:other">')

    with pytest.raises(SourceChanged):
        parsed(CLIENT, head=head, tail=with_prefix(TAIL))


@pytest.mark.parametrize("tail", ["", "</HaeEtuudetResponse>", TAIL + "<x/>"])
def test_a_page_that_is_no_document_is_refused(tail):
    with pytest.raises(PageRefused):
        parsed(CLIENT, tail=tail)


def test_a_page_with_comments_that_is_no_document_is_refused():
    with pytest.raises(PageRefused):
        parsed("<!-- -->" + CLIENT.replace("</maksu>", ""))


def test_a_document_type_is_refused():
    with pytest.raises(PageRefused, match="document type"):
        parsed(CLIENT, head="<!DOCTYPE x>" + HEAD)


def test_a_page_is_counted_by_its_start_tags():
    assert count((HEAD + CLIENT * 2 + ERROR + TAIL).encode()) == 11
    assert count((HEAD + TAIL).encode()) == 0


@pytest.mark.parametrize("spelling", ["plain", "prefixed", "spread over lines"])
def test_a_large_page_is_cut_between_clients_and_loses_nothing(spelling):
    head, content, tail = SPELLINGS[spelling]
    error = with_prefix(ERROR) if spelling == "prefixed" else ERROR
    page = (head + content * 50 + error + tail).encode()

    pieces = list(cut(page).pieces(len(page) // 7))

    part = b"".join(pack(Frame(kind="HaeEtuudet", page=n, place="36", body=body)) for n, body in enumerate(pieces))
    assert len(pieces) > 5
    assert heights(kela.parse(part)) == dict.fromkeys(ALL, 50) | {"Henkilovirhe": 1}


def test_a_large_page_with_comments_is_not_cut():
    with pytest.raises(PageRefused):
        list(cut((HEAD + "<!-- -->" + CLIENT + TAIL).encode()).pieces(10))


def test_repeated_clients_are_left_out_and_the_rest_stays():
    page = cut((HEAD + CLIENT + CLIENT.replace("R-1001", "R-2") + ERROR + TAIL).encode())

    folded = page.without({0})

    assert folded.body == (HEAD + CLIENT.replace("R-1001", "R-2") + ERROR + TAIL).encode()
