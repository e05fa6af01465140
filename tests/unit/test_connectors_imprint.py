"""What a full answer is known again by: all that is read of it, and nothing that a source writes anew on each answer."""

from types import SimpleNamespace

import pytest

from connectors.frames import Frame, pack
from connectors.staging.imprint import Imprint
from schemas.vocabulary import Source

TE = b'{"tiedot":[{"id":"a","nimi":"]"}],"sivutus":{"jatko":null},"vesileima":"2026-06-04T02:00:00Z"}'
KELA = (
    b'<s:Envelope xmlns:s="soap"><s:Header><x:id>1</x:id></s:Header><s:Body><HaeEtuudetResponse xmlns="urn:luukku:kela:etuustiedot:1">'
    b"<vesileima>2026-06-04T02:00:00Z</vesileima><sivu><palautettu>1</palautettu></sivu>"
    b"<asiakas><henkilotunnus>A</henkilotunnus></asiakas>"
    b"<henkilovirhe><koodi>HETU_TUNTEMATON</koodi></henkilovirhe></HaeEtuudetResponse></s:Body></s:Envelope>"
)
SOTE = b'{"page_sha256":"00"}\n{"record":"Potilas","hetu":"A"}\n'


def imprint(keyring, source, *pages, kind="list", place="36", by="parser 1", records=1):
    found = Imprint(landed=SimpleNamespace(manifest=SimpleNamespace(records=records)), source=source, by=by)
    found.take(
        b"".join(pack(Frame(kind=kind, page=number, place=place, body=page)) for number, page in enumerate(pages))
    )
    return found.made(keyring)


@pytest.mark.parametrize(
    ("source", "page", "old", "new"),
    [
        (Source.TE, TE, b"02:00:00Z", b"03:00:00Z"),
        (Source.TE, TE, b'"jatko":null', b'"jatko":"x"'),
        (Source.KELA, KELA, b"02:00:00Z", b"03:00:00Z"),
        (Source.KELA, KELA, b"<x:id>1", b"<x:id>2"),
        (Source.KELA, KELA, b"<palautettu>1", b"<palautettu>2"),
        (Source.SOTE, SOTE, b'"00"', b'"01"'),
    ],
)
def test_a_stamp_a_cursor_and_the_calls_own_ids_make_no_other_answer(keyring, source, page, old, new):
    assert old in page
    assert imprint(keyring, source, page.replace(old, new)) == imprint(keyring, source, page)


@pytest.mark.parametrize(
    ("source", "page", "old", "new"),
    [
        (Source.TE, TE, b'"a"', b'"b"'),
        (Source.TE, TE, b'"]"', b'"}"'),
        (Source.TE, TE, b'"tiedot"', b'"sivut"'),
        (Source.KELA, KELA, b">A<", b">B<"),
        (Source.KELA, KELA, b"HETU_TUNTEMATON", b"LUOVUTUS_ESTETTY"),
        (Source.KELA, KELA, b"etuustiedot:1", b"etuustiedot:2"),
        (Source.KELA, KELA, b'xmlns:s="soap"', b'xmlns:s="sop"'),
        (Source.SOTE, SOTE, b'"A"', b'"B"'),
    ],
)
def test_anything_that_is_read_makes_another_answer(keyring, source, page, old, new):
    assert old in page
    assert imprint(keyring, source, page.replace(old, new)) != imprint(keyring, source, page)


def test_the_list_the_place_the_reading_and_the_number_of_records_are_part_of_it(keyring):
    others = [{"kind": "other"}, {"place": "37"}, {"by": "parser 2"}, {"records": 2}]

    found = {imprint(keyring, Source.TE, TE, **changed) for changed in ({}, *others)}

    assert len(found) == 1 + len(others)


def test_what_moved_from_a_page_to_the_next_is_another_answer(keyring):
    first, second = b'{"tiedot":[1,2]}', b'{"tiedot":[3]}'

    assert imprint(keyring, Source.TE, first, second) != imprint(
        keyring, Source.TE, b'{"tiedot":[1]}', b'{"tiedot":[2,3]}'
    )
