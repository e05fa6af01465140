"""What each problem is called in the three languages (API.md 6)."""

from collections.abc import Mapping
from typing import Final

from schemas.vocabulary import Text
from web.problems import FORMS, Kind

_OTHERS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.BAD_REQUEST: (
        "Polku, kysely tai otsake ei ole oikeaa muotoa",
        "Sökvägen, frågan eller en rubrik har fel form",
    ),
    Kind.PURPOSE_MISSING: ("Otsake Luukku-Purpose puuttuu", "Rubriken Luukku-Purpose saknas"),
    Kind.HETU_OUTSIDE_BODY: (
        "Henkilötunnus on muualla kuin viestin rungossa",
        "En personbeteckning står utanför meddelandets innehåll",
    ),
    Kind.MIXED_CREDENTIALS: (
        "Kutsussa on kahden luottamuspolun merkit",
        "Anropet bär märken av två tillitsvägar",
    ),
    Kind.TOKEN_INVALID: (
        "Muutossyötteen merkki ei ole tämän vastaanottajan",
        "Flödets märke är inte denna mottagares",
    ),
    Kind.UNAUTHENTICATED: (
        "Käyttöoikeustunniste puuttuu tai ei kelpaa",
        "Åtkomsttoken saknas eller gäller inte",
    ),
    Kind.PROOF_REFUSED: (
        "DPoP-todiste puuttuu, ei kelpaa tai on jo käytetty",
        "DPoP-beviset saknas, gäller inte eller har redan använts",
    ),
    Kind.RECIPIENT_NOT_ACTIVE: (
        "Vastaanottaja tai sen järjestelmä ei ole käytössä",
        "Mottagaren eller dess system är inte i bruk",
    ),
    Kind.SCOPE_MISSING: (
        "Järjestelmälle ei ole annettu tätä käyttöoikeutta",
        "Systemet har inte beviljats denna behörighet",
    ),
    Kind.PURPOSE_NOT_GRANTED: (
        "Järjestelmälle ei ole annettu tätä käyttötarkoitusta",
        "Systemet har inte beviljats detta ändamål",
    ),
    Kind.CATEGORY_NOT_GRANTED: ("Tarkoitus ei tarvitse tätä tietoa", "Ändamålet behöver inte denna uppgift"),
    Kind.PERSON_NOT_AVAILABLE: ("Ei näytettävää", "Inget att visa"),
    Kind.NOT_FOUND: ("Sellaista kohdetta ei ole", "Någon sådan resurs finns inte"),
    Kind.METHOD_NOT_ALLOWED: ("Kohde ei ota vastaan tätä menetelmää", "Resursen tar inte emot denna metod"),
    Kind.KEY_REUSED: (
        "Sama Idempotency-Key on tullut toisen rungon kanssa",
        "Samma Idempotency-Key har kommit med ett annat innehåll",
    ),
    Kind.TOKEN_EXPIRED: (
        "Merkki on liian vanha tai syöte on rakennettu uudelleen: aloita uudesta",
        "Märket är för gammalt eller flödet har byggts om: börja från ett nytt",
    ),
    Kind.TOO_LARGE: ("Pyyntö on liian suuri", "Begäran är för stor"),
    Kind.TOO_MANY: ("Rungossa on liian monta kohtaa", "Innehållet räknar upp för många saker"),
    Kind.MEDIA_TYPE: (
        "Runko ei ole pyydettyä mediatyyppiä",
        "Innehållet är inte av den begärda mediatypen",
    ),
    Kind.INVALID_REQUEST: ("Runko ei kelpaa", "Innehållet passar inte"),
    Kind.RATE_LIMITED: ("Liian monta kutsua", "För många anrop"),
    Kind.INTERNAL: ("Jokin meni vikaan; mitään ei näytetty", "Något gick fel; inget visades"),
    Kind.LOG_UNAVAILABLE: (
        "Käyttöloki ei voi ottaa tapahtumaa vastaan; mitään ei näytetty",
        "Åtkomstloggen kan inte ta emot händelsen; inget visades",
    ),
    Kind.NOT_READY: ("Palvelu ei ole valmis; mitään ei näytetty", "Tjänsten är inte redo; inget visades"),
}
"""In Finnish and Swedish; in English a problem's title says it."""
TITLES: Final[Mapping[Kind, Text]] = {kind: Text(*_OTHERS[kind], FORMS[kind].title) for kind in Kind}
