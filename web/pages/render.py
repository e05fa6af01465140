"""Templates to text: escaped, nothing undefined, every word from a catalogue."""

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web.pages import assets, languages
from web.pages.forms import TOKEN
from web.pages.languages import Language
from web.pages.texts import Texts
from web.pages.words import Words
from web.sessions import Session

FOLDER: Final = Path(__file__).parents[1] / "templates"


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layout of every page needs."""

    language: Language
    session: Session | None
    address: str


@cache
def environment() -> Environment:
    """Make the one environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"asset": assets.address, "languages": tuple(Language), "token_name": TOKEN}
    return made


def render(template: str, frame: Frame, **values: object) -> str:
    """Write a page; ``steward/tasks.html`` takes its texts from ``texts/tasks.toml``."""
    language = frame.language
    given = {
        "frame": frame,
        "lang": language.value,
        "t": Texts(Path(template).stem, language),
        "words": Words(language),
        "day": partial(languages.day, language=language),
        "last_day": partial(languages.last_day, language=language),
        "birthday": partial(languages.birthday, language=language),
        "number": languages.number,
        "moment": partial(languages.moment, language=language),
        "errors": (),
    }
    return environment().get_template(template).render(given | values)
