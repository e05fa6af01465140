"""Kela's two engines, patterns and parser, read any page alike; what the parser refuses, the patterns never pass as good."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import kela
from connectors.errors import PageRefused, SourceChanged
from connectors.frames import Frame, pack
from connectors.kela.wire import GROUPS

NAMESPACE = 'xmlns{}="urn:luukku:kela:etuustiedot:1"'
HEAD = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>{comment}'
    "<{p}HaeEtuudetResponse {ns}><{p}vesileima>2026-06-04T02:00:00Z</{p}vesileima><{p}sivu><{p}koko>1</{p}koko></{p}sivu>"
)
TAIL = "</{p}HaeEtuudetResponse></s:Body></s:Envelope>"
EXAMPLES = 400
seen: Counter[str] = Counter()

values = st.one_of(
    st.sampled_from(
        ["1", "2026-05-01", "TYOMARKKINATUKI", "", " x ", "&amp;", "&#65;", "<![CDATA[y]]>", "ä\u2028", ">"]
    ),
    st.text(max_size=6),
)
spaces = st.sampled_from(["", "", "", "\n", " \r\n\t"])
attributes = st.sampled_from(["", "", "", "", " a='1'", " ", "\n"])


@st.composite
def elements(draw, p, name, content):
    if not content and draw(st.booleans()):
        return f"<{p}{name}/>"
    return f"<{p}{name}{draw(attributes)}>{content}</{p}{name}{draw(st.sampled_from(['', '', '', ' ']))}>"


@st.composite
def groups(draw, p):
    group = draw(st.sampled_from(GROUPS))
    kept = [name for name, optional in group.fields if not (optional and draw(st.booleans()))]
    names = draw(st.permutations(kept)) if draw(st.integers(0, 9)) == 0 else kept
    inside = "".join(draw(elements(p, name, draw(values))) + draw(spaces) for name in names)
    return draw(elements(p, group.name, draw(spaces) + inside)) + draw(spaces)


@st.composite
def clients(draw, p):
    person = draw(elements(p, "henkilotunnus", "120384-9128")) + draw(elements(p, "turvakielto", "false"))
    inside = draw(spaces) + person + "".join(draw(st.lists(groups(p), max_size=4)))
    return draw(elements(p, "asiakas", inside)) + draw(spaces)


@st.composite
def pages(draw):
    """Draw the clients of a page and, now and then, damage a character of them."""
    p = draw(st.sampled_from(["", "k:"]))
    content = "".join(draw(st.lists(clients(p), max_size=4)))
    if content and draw(st.booleans()):
        at = draw(st.integers(0, len(content) - 1))
        content = content[:at] + draw(st.sampled_from(["", "<", ">", "/", "&", "x", "\x01"])) + content[at + 1 :]
    return p, content


def read(p, content, comment):
    """Read a page; a comment before the content sends the whole of it to the parser."""
    head = HEAD.format(p=p, ns=NAMESPACE.format(f":{p[:-1]}" if p else ""), comment=comment)
    body = (head + content + TAIL.format(p=p)).encode(errors="replace")
    try:
        return kela.parse(pack(Frame(kind="HaeEtuudet", page=0, place="36", body=body)))
    except (PageRefused, SourceChanged) as error:
        return type(error)


@settings(max_examples=EXAMPLES, deadline=None)
@given(pages())
def test_both_engines_read_a_page_alike(page):
    plain, parser = read(*page, ""), read(*page, "<!-- -->")

    if isinstance(parser, type):
        assert isinstance(plain, type) or plain.malformed
        seen["refused"] += 1
        return
    assert not isinstance(plain, type)
    assert plain.frames.keys() == parser.frames.keys()
    for record, frame in parser.frames.items():
        assert frame.equals(plain.frames[record])
    assert [aside.reason for aside in plain.malformed] == [aside.reason for aside in parser.malformed]
    seen["read"] += 1


def test_both_outcomes_were_met_often():
    assert min(seen["read"], seen["refused"]) > EXAMPLES / 10
