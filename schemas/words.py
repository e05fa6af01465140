"""What people call sources, categories and purposes, in three languages: the one table for pages, receipts and texts."""

from collections.abc import Mapping
from typing import Final

from schemas.vocabulary import Category, Purpose, Source, Text

SOURCES: Final[Mapping[Source, Text]] = {
    Source.TE: Text("Työllisyyspalvelut", "Sysselsättningstjänster", "Employment services"),
    Source.KELA: Text("Kela", "FPA", "Kela"),
    Source.SOTE: Text("Hyvinvointialue", "Välfärdsområdet", "Wellbeing services county"),
}

CATEGORIES: Final[Mapping[Category, Text]] = {
    Category.TE_PERUSTIEDOT: Text("Perustiedot", "Grunduppgifter", "Basic details"),
    Category.TE_TYOLLISYYS: Text("Työllisyystilanne", "Sysselsättningsläge", "Employment situation"),
    Category.TE_SUUNNITELMA: Text("Työllisyyssuunnitelma", "Sysselsättningsplan", "Employment plan"),
    Category.TE_PALVELUT: Text("Työllisyyspalvelut", "Sysselsättningsservice", "Employment services used"),
    Category.TE_YHTEYDENOTOT: Text("Yhteydenotot", "Kontakter", "Contacts"),
    Category.TE_PALVELULINJA: Text("Palvelulinja", "Servicelinje", "Service line"),
    Category.TE_ARKALUONTEISET: Text(
        "Arkaluonteiset työllisyystiedot", "Känsliga sysselsättningsuppgifter", "Sensitive employment details"
    ),
    Category.KELA_ETUUSJAKSO: Text("Etuusjaksot", "Förmånsperioder", "Benefit periods"),
    Category.KELA_VIREILLAOLO: Text("Vireillä olevat hakemukset", "Anhängiga ansökningar", "Pending applications"),
    Category.KELA_PAIVALASKURI: Text("Päivälaskurit", "Dagräknare", "Day counters"),
    Category.SOTE_ASIAKASSUHDE: Text("Asiakkuus", "Klientrelation", "Client relationship"),
    Category.SOTE_PALVELUTARVE: Text("Palvelutarve", "Servicebehov", "Service need"),
    Category.SOTE_SUUNNITELMA: Text("Asiakassuunnitelma", "Klientplan", "Client plan"),
    Category.SOTE_KUNTOUTTAVA: Text(
        "Kuntouttava työtoiminta", "Arbetsverksamhet i rehabiliteringssyfte", "Rehabilitative work"
    ),
    Category.SOTE_TERVEYSTARKASTUS: Text("Terveystarkastus tehty", "Hälsokontroll gjord", "Health check done"),
    Category.SOTE_TYOKYVYN_ARVIO: Text(
        "Työkyvyn arviointi", "Bedömning av arbetsförmågan", "Assessment of work ability"
    ),
    Category.SOTE_TYOKYVYN_RAJOITE: Text(
        "Työkyvyn rajoite", "Begränsning av arbetsförmågan", "Limitation of work ability"
    ),
    Category.SOTE_YHTEYSHENKILO: Text("Yhteyshenkilö", "Kontaktperson", "Contact person"),
}

PURPOSES: Final[Mapping[Purpose, Text]] = {
    Purpose.TYM: Text(
        "Monialainen yhteispalvelu (381/2023)", "Sektorsövergripande samservice (381/2023)", "Joint support (381/2023)"
    ),
    Purpose.TYO: Text(
        "Työllisyyspalvelu (380/2023)", "Arbetskraftsservice (380/2023)", "Employment service (380/2023)"
    ),
    Purpose.KUNTAOSUUS: Text("Kuntaosuus", "Kommunandel", "Municipal share"),
    Purpose.TILASTO: Text("Tilasto", "Statistik", "Statistics"),
    Purpose.HANKINTA: Text("Hankinta", "Upphandling", "Procurement"),
}
