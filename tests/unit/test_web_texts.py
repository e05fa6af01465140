"""The texts of the pages: in three languages, with the same placeholders, all used and none missing."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from schemas import words
from schemas.vocabulary import Category, Purpose, Source
from web.pages import texts
from web.pages.languages import Language
from web.pages.render import FOLDER, environment

CATALOGUES = sorted(path.stem for path in texts.FOLDER.glob("*.toml"))
TEMPLATES = sorted(path for path in FOLDER.rglob("*.html"))
NEVER_ON_A_PAGE = {"at", "file", "header", "approved_by", "change", "evidence_id", "grace_until", "n", "suspension_id"}
NEVER_ON_A_PAGE |= {"published_at", "representation_id", "text", "special", "version", "closing_id"}
"""Fields that refuse a programmer, or that the page of the import says in a sentence of its own."""
ASKERS = ("t", "say")
"""How a template asks for a message: of its own catalogue, or in a language that it was handed."""
SHARED = ("base.html", "macros.html")


def keys_asked(path: Path) -> tuple[set[str], set[str]]:
    """The keys that a template asks for by name, and the beginnings of those it puts together."""
    tree = Environment(autoescape=True).parse(path.read_text(encoding="utf-8"))
    calls = [
        call for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name) and call.node.name in ASKERS
    ]
    whole, begun = set(), set()
    for call in calls:
        for each in alternatives(call.args[0]):
            if isinstance(each, nodes.Const):
                whole.add(each.value)
            elif isinstance(each, nodes.Concat) and isinstance(each.nodes[0], nodes.Const):
                begun.add(each.nodes[0].value)
    return whole, begun


def alternatives(node):
    """The branches of a choice."""
    if isinstance(node, nodes.CondExpr):
        return [*alternatives(node.expr1), *alternatives(node.expr2)]
    return [node]


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_message_is_there_in_three_languages_with_the_same_placeholders(name):
    for key, message in texts.catalogue(name).items():
        assert set(message) == set(Language), key
        assert all(text.strip() == text != "" for text in message.values()), key
        assert len({tuple(sorted(re.findall(r"{\w+}", text))) for text in message.values()}) == 1, key


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_two_languages_say_the_same_where_words_differ(name):
    """A message copied and not translated; short ones may be names."""
    for key, message in texts.catalogue(name).items():
        if len(message["fi"].split()) > 3:
            assert len(set(message.values())) == 3, key


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_a_template_asks_for_is_in_its_catalogue(path):
    own = texts.catalogue(path.stem) if path.name not in SHARED else {"title": "each page has its own"}
    known = set(own) | set(texts.catalogue(texts.COMMON))
    whole, begun = keys_asked(path)

    assert whole - known == set()
    assert {start for start in begun if not any(key.startswith(start) for key in known)} <= {""}


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_message_is_left_that_nothing_asks_for(name):
    asked = [path for path in TEMPLATES if name in (path.stem, texts.COMMON)]
    code = "".join(path.read_text(encoding="utf-8") for path in (texts.FOLDER.parent).rglob("*.py"))
    whole, begun = set(), set()
    for path in asked:
        named, starts = keys_asked(path)
        whole, begun = whole | named, begun | starts
    whole |= set(re.findall(r'"(nav_\w+)"', (FOLDER / "base.html").read_text(encoding="utf-8")))

    orphans = {
        key
        for key in texts.catalogue(name)
        if key not in whole and not any(key.startswith(start) for start in begun if start) and f'"{key}"' not in code
    }
    assert orphans - kinds_of_problems(begun, name) == set()


def kinds_of_problems(begun, name):
    """Keys that are formed of a variable alone, as the pages of problems do; of the fields the next test knows which there are."""
    return set(texts.catalogue(name)) if name in ("problem", "not_signed_in", "fields") else set()


def test_every_field_that_a_refusal_can_name_has_a_name_in_three_languages_and_no_other():
    found = set()
    for package in ("consent", "publish"):
        code = "".join(path.read_text(encoding="utf-8") for path in (texts.FOLDER.parents[1] / package).rglob("*.py"))
        found |= set(re.findall(r'ConsentError\(Fault\.\w+, "(\w+)"\)', code))
    paper = (texts.FOLDER.parents[1] / "publish" / "importing" / "paper.py").read_text(encoding="utf-8")
    found |= set(re.findall(r'(?:bad|_text)\((?:row, )?"(\w+)"', paper)) | set(re.findall(r'_day\(row, "(\w+)"', paper))

    assert found - set(texts.catalogue("fields")) == NEVER_ON_A_PAGE
    assert set(texts.catalogue("fields")) <= found | {"effective_from", "key", "row"}


def test_every_template_parses_and_carries_no_script_and_no_style():
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        assert environment().get_template(str(path.relative_to(FOLDER)))
        assert not re.search(r"<script|\sstyle=|\son\w+=|https?://", text), path.name


def test_the_words_of_the_domain_name_every_code():
    assert set(words.CATEGORIES) == set(Category)
    assert set(words.PURPOSES) == set(Purpose)
    assert set(words.SOURCES) == set(Source)
