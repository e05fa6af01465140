"""Names of people, units and service providers; every one a common name, no one's in particular."""

from simulators.population.chance import Draw, Weighted

FAMILY = {
    "fi": (
        *(
            "Korhonen",
            "Virtanen",
            "Mäkinen",
            "Nieminen",
            "Mäkelä",
            "Hämäläinen",
            "Laine",
            "Heikkinen",
            "Koskinen",
            "Järvinen",
        ),
        *(
            "Lehtonen",
            "Lehtinen",
            "Saarinen",
            "Salminen",
            "Heinonen",
            "Niemi",
            "Heikkilä",
            "Kinnunen",
            "Salonen",
            "Turunen",
        ),
        *(
            "Salo",
            "Laitinen",
            "Tuominen",
            "Rantanen",
            "Karjalainen",
            "Jokinen",
            "Mattila",
            "Savolainen",
            "Lahtinen",
            "Ahonen",
        ),
        *(
            "Kärkkäinen",
            "Pöyhönen",
            "Äyräväinen",
            "Pulkkinen",
            "Kosonen",
            "Makkonen",
            "Nousiainen",
            "Silvennoinen",
            "Kupiainen",
        ),
    ),
    "sv": (
        "Johansson",
        "Nyman",
        "Lindholm",
        "Karlsson",
        "Andersson",
        "Lindqvist",
        "Holmström",
        "Åkerlund",
        "Sjöblom",
        "Wikström",
    ),
    "other": (
        "Ivanova",
        "Petrov",
        "Hassan",
        "Ali",
        "Nguyen",
        "Tamm",
        "Kovalenko",
        "Shevchenko",
        "Ahmed",
        "O'Connor",
        "García-López",
    ),
}
GIVEN = {
    "fi": (
        *(
            "Aino",
            "Juhani",
            "Maria",
            "Johannes",
            "Helena",
            "Olavi",
            "Anneli",
            "Antero",
            "Johanna",
            "Tapani",
            "Kaarina",
            "Kalevi",
        ),
        *(
            "Marjatta",
            "Tapio",
            "Hannele",
            "Matti",
            "Liisa",
            "Mikael",
            "Elina",
            "Ilmari",
            "Tuulikki",
            "Onni",
            "Sofia",
            "Väinö",
        ),
        *("Päivi", "Eeva-Liisa", "Jukka-Pekka", "Sari", "Ville", "Satu", "Teemu", "Hannu", "Kirsi", "Pentti"),
    ),
    "sv": ("Anna", "Erik", "Kristina", "Alexander", "Elisabeth", "Johan", "Margareta", "Åsa", "Björn", "Karl-Johan"),
    "other": ("Olena", "Mohamed", "Fatima", "Dmitri", "Linh", "Kaur", "Amina", "Natalia", "Omar", "Zoë"),
}
LANGUAGES = Weighted(
    {"fi": 845, "en": 25, "ru": 40, "ar": 15, "uk": 20, "et": 15, "so": 10, "sv": 10, "ku": 8, "th": 6, "vi": 6}
)
SWEDISH_SHARE = {"07": 0.45, "25": 0.45, "26": 0.35, "30": 0.25, "15": 0.12, "41": 0.05, "08": 0.05, "01": 0.06}


def language(draw: Draw, area: str) -> str:
    """Give the language used with authorities; Swedish by the share of the area."""
    return "sv" if draw.chance(SWEDISH_SHARE.get(area, 0.0)) else draw.weighted(LANGUAGES)


def person_name(draw: Draw, spoken: str) -> tuple[str, str]:
    """Give a family name and one to three given names."""
    group = spoken if spoken in ("fi", "sv") else "other"
    given = dict.fromkeys(draw.one_of(GIVEN[group]) for _ in range(draw.between(1, 3)))
    return draw.one_of(FAMILY[group]), " ".join(given)


def worker_name(draw: Draw) -> str:
    """Give an official's name as the sources write it: an initial and a family name."""
    return f"{draw.one_of(GIVEN['fi'])[0]}. {draw.one_of(FAMILY['fi'])}"
