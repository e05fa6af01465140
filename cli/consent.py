"""``./luukku consent export | proof | import``: what was said in the form of a standard, what became of a no, Consents taken in."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from cli import house
from cli.sealing import seal
from cli.settings import Refusal, Settings
from cli.steward import name, steward
from consent.errors import ConsentError
from consent.exports import PartyNotDescribed
from consent.registry import By
from db.clock import now
from db.engine import Login
from publish.exporting import Form, export, proof
from publish.importing import Outcome, Taken, take_consents
from publish.importing.patients import clients_of
from schemas.identifiers import BusinessId, InvalidIdentifier

LARGEST_FILE: Final = 64 << 20
SOME_REFUSED: Final = 1


def exported(settings: Settings, person_id: str, form: str) -> str:
    """Give all that a person has said as JSON, once the look is sealed; persons are named by id: no HETU is written at a command line."""
    try:
        who, wanted = UUID(person_id.strip()), Form(form)
    except ValueError:
        raise Refusal(f"A person is named by person_id, 36 characters, a form by one of {', '.join(Form)}.") from None
    with house.reached(settings) as environment:
        try:
            with environment.database(Login.WEB, pool_size=1) as database, database.read(snapshot=True) as read:
                told, look = export(read, person_id=who, form=wanted, by=steward(), at=now())
        except PartyNotDescribed as error:
            raise Refusal(
                f"{error}: this party has no contact and address on its card, which the standard asks for."
            ) from None
        seal(environment, Login.WEB, look)
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def proved(settings: Settings, act_id: str) -> str:
    """Give the signed proof of a withdrawal, once the look is sealed; the act is named by the reference on its page and receipt."""
    try:
        about = UUID(act_id.strip())
    except ValueError:
        raise Refusal("A withdrawal is named by its reference, 36 characters.") from None
    with house.reached(settings) as environment:
        try:
            with environment.database(Login.WEB, pool_size=1) as database, database.read(snapshot=True) as read:
                signed, look = proof(read, act_id=about, by=steward(), at=now())
        except ConsentError:
            raise Refusal("No withdrawal, refusal or end by a controller has this reference.") from None
        seal(environment, Login.WEB, look)
    return f"{signed}\n"


def imported(settings: Settings, file: Path, office: str) -> tuple[str, int]:
    """Take in the Consents of a file for clients of an office; gives a line for each, and 1 when one was refused."""
    by = By(user=name(), role="steward", office=_office(office))
    consents = _consents(file)
    with house.reached(settings) as environment, environment.database(Login.WEB, pool_size=1) as database:
        at = now()
        try:
            with database.transaction() as tx:
                answers = take_consents(tx, consents, find=clients_of(tx, by=by, at=at), by=by, at=at)
        except ConsentError as error:
            raise Refusal(f"The file is refused whole. {error}") from None
    refused = any(answer.outcome is Outcome.REFUSED for answer in answers)
    return "".join(f"{line}\n" for line in _lines(answers)), SOME_REFUSED if refused else 0


def _office(text: str) -> str:
    try:
        return str(BusinessId.parse(text))
    except InvalidIdentifier:
        raise Refusal("An office is named by its business id, as 0166906-4.") from None


def _consents(file: Path) -> Sequence[dict[str, Any]]:
    """Read a Bundle, a list of Consents, or one."""
    try:
        body = file.read_bytes()
    except OSError:
        raise Refusal(f"{file} cannot be read.") from None
    if len(body) > LARGEST_FILE:
        raise Refusal(f"{file} is larger than {LARGEST_FILE >> 20} MB.")
    try:
        given: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(f"{file} is not JSON.") from None
    found = _listed(given)
    if not all(isinstance(each, dict) for each in found):
        raise Refusal(f"{file} holds something that is no FHIR resource.")
    return found


def _listed(given: Any) -> list[Any]:
    if isinstance(given, dict) and given.get("resourceType") == "Bundle":
        entries = given.get("entry") or []
        return [each.get("resource") if isinstance(each, dict) else each for each in entries]
    return given if isinstance(given, list) else [given]


def _lines(answers: Iterable[Taken]) -> Iterable[str]:
    for answer in answers:
        if answer.fault is None:
            yield f"{answer.number} {answer.outcome} {answer.about}"
        else:
            yield f"{answer.number} {answer.outcome} {answer.field}: {answer.fault.text.en}"
