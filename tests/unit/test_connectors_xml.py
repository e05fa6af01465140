"""The door to XML: nothing is fetched or expanded, the charset is known before the first tag, memory does not grow with the page."""

import pytest

from connectors import xml
from connectors.errors import PageRefused

DECLARED = '<?xml version="1.0" encoding="{}"?><a>ä</a>'


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<a>ä</a>".encode(), None),
        ("<a>ä</a>".encode(), "utf-8"),
        ("\ufeff<a>ä</a>".encode(), "UTF-8"),
        (DECLARED.format("UTF-8").encode(), "utf8"),
        (DECLARED.format("iso-8859-1").encode("latin-1"), None),
        (DECLARED.format("ISO-8859-1").encode("latin-1"), "iso-8859-1"),
        ("<a>ä</a>".encode("latin-1"), "iso-8859-1"),
        (DECLARED.format("utf-16").encode("utf-16"), None),
        (DECLARED.format("utf-16").encode("utf-16"), "utf-16"),
    ],
)
def test_a_document_in_the_charset_it_declares_becomes_utf_8(body, charset):
    assert xml.text(xml.document(xml.utf8(body, charset))) == "ä"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<a>ä</a>".encode("latin-1"), None),
        ("<a>ä</a>".encode("latin-1"), "utf-8"),
        (DECLARED.format("iso-8859-1").encode("latin-1"), "utf-8"),
        (DECLARED.format("utf-8").encode(), "iso-8859-1"),
        ("<a/>".encode("utf-16-le"), None),
        ("<a/>".encode("utf-16"), "utf-8"),
        (b"<a/>", "utf-7"),
        (b"<a/>", "zip"),
        (b"<a/>", "\\"),
        (b"<a>\x00</a>", None),
    ],
)
def test_a_document_in_another_charset_than_it_says_is_refused(body, charset):
    with pytest.raises(PageRefused):
        xml.utf8(body, charset)


BOMB = b'<!DOCTYPE a [<!ENTITY l0 "ha"><!ENTITY l1 "&l0;&l0;">]><a>&l1;</a>'
DOCTYPES = [
    b"<!DOCTYPE a><a/>",
    b"<!-- <a --><!DOCTYPE a><a/>",
    b"<?pi <a ?><!DOCTYPE a><a/>",
    BOMB,
    b'<!DOCTYPE a SYSTEM "http://elsewhere.invalid/a.dtd"><a/>',
    b'<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/hostname">]><a>&f;</a>',
]


@pytest.mark.parametrize("body", DOCTYPES)
def test_a_document_type_is_refused_wherever_it_hides(body):
    with pytest.raises(PageRefused, match="document type"):
        xml.document(body)
    with pytest.raises(PageRefused, match="document type"):
        list(xml.elements(body, "a"))


def test_the_word_is_no_document_type_below_the_root():
    assert xml.text(xml.document(b"<a><![CDATA[<!DOCTYPE x>]]></a>")) == "<!DOCTYPE x>"


@pytest.mark.parametrize("body", [b"", b"<a>", b"<a></b>", b"<a>&unknown;</a>", b"<a>" * 1000 + b"</a>" * 1000])
def test_what_is_not_well_formed_is_told_by_its_place_alone(body):
    with pytest.raises(xml.NotWellFormed) as error:
        xml.document(body)

    assert "unknown" not in str(error.value)


def test_elements_come_one_by_one_and_are_freed():
    body = b"<r><head>1</head>" + b"<a><b>x</b></a>" * 50_000 + b"<foot/></r>"

    siblings = [len(element.getparent()) for element in xml.elements(body, "a")]

    assert len(siblings) == 50_000
    assert max(siblings) < 5_000


def test_all_but_the_elements_of_a_tag_stays():
    root = xml.without(b"<r><head>1</head><a>x</a><a>y</a><foot>2</foot></r>", "a")

    assert [xml.local(child) for child in root if xml.text(child)] == ["head", "foot"]


def test_comments_and_instructions_are_no_content():
    assert xml.text(xml.document(b"<a>x<!-- c -->y<?p i?>z</a>")) == "xyz"


def test_open_tags_are_named_with_their_prefixes():
    assert xml.open_tags(b'<s:E xmlns:s="u"><s:H/><s:B><R xmlns="v"><x>1</x>') == ("s:E", "s:B", "R")
