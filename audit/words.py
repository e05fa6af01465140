"""What each type of event is called, in three languages: the words of the auditors' and the person's pages."""

from collections.abc import Mapping
from typing import Final

from audit.catalogue import EventType
from schemas.vocabulary import Text

TYPES: Final[Mapping[EventType, Text]] = {
    EventType.CONSENT_REQUESTED: Text("Suostumusta pyydettiin", "Samtycke begärdes", "Consent was asked for"),
    EventType.CONSENT_DEFERRED: Text("Suostumus jätettiin myöhemmäksi", "Samtycket sköts upp", "Consent was put off"),
    EventType.CONSENT_GIVEN: Text("Suostumus annettiin", "Samtycke gavs", "Consent was given"),
    EventType.CONSENT_RENEWED: Text("Suostumus uusittiin", "Samtycket förnyades", "Consent was renewed"),
    EventType.CONSENT_REFUSED: Text("Suostumusta ei annettu", "Samtycke gavs inte", "Consent was refused"),
    EventType.CONSENT_WITHDRAWN: Text("Suostumus peruutettiin", "Samtycket återkallades", "Consent was withdrawn"),
    EventType.CONSENT_REVOKED: Text("Luovutus lopetettiin", "Utlämnandet avslutades", "The controller ended it"),
    EventType.CONSENT_EXPIRED: Text("Suostumus vanheni", "Samtycket gick ut", "Consent expired"),
    EventType.CONSENT_INVALIDATED: Text("Kirjaus mitätöitiin", "Anteckningen annullerades", "A record was annulled"),
    EventType.CONSENT_CONFIRMED: Text("Kirjaus vahvistettiin", "Anteckningen bekräftades", "A record was confirmed"),
    EventType.CONSENT_REJECTED: Text("Kirjaus hylättiin", "Anteckningen förkastades", "A record was rejected"),
    EventType.CONSENT_SUSPENDED: Text("Luovutus keskeytettiin", "Utlämnandet pausades", "Sharing was paused"),
    EventType.CONSENT_RESUMED: Text("Luovutusta jatkettiin", "Utlämnandet återupptogs", "Sharing went on"),
    EventType.DENIAL_RECORDED: Text("Kielto kirjattiin", "Förbud antecknades", "A standing no was recorded"),
    EventType.DENIAL_LIFTED: Text("Kielto poistettiin", "Förbudet hävdes", "A standing no was lifted"),
    EventType.CONFLICT_OPENED: Text("Tahdonilmaisut erosivat", "Viljeyttringar skilde sig", "Voices differed"),
    EventType.CONFLICT_CLOSED: Text("Ristiriita ratkaistiin", "Motstridigheten löstes", "Voices agreed again"),
    EventType.REPRESENTATION_CHECKED: Text(
        "Edustusoikeus tarkistettiin", "Företrädarrätten kontrollerades", "A representation was checked"
    ),
    EventType.AGREEMENT_CHANGED: Text("Sopimus muuttui", "Avtalet ändrades", "An agreement changed"),
    EventType.NOTICE_PUBLISHED: Text(
        "Suostumusteksti julkaistiin", "Samtyckestexten publicerades", "A notice was published"
    ),
    EventType.STATUTE_CHANGED: Text("Lakisäännös muuttui", "Lagregeln ändrades", "A rule of law changed"),
    EventType.RECEIPT_ISSUED: Text("Kuitti annettiin", "Kvitto gavs", "A receipt was issued"),
    EventType.ENDED_TOLD: Text("Päättymisestä kerrottiin", "Upphörandet meddelades", "An ending was told"),
    EventType.ENDED_APPLIED: Text("Päättyminen kuitattiin", "Upphörandet kvitterades", "An ending was applied"),
    EventType.QUERY_RESOLVED: Text("Asiakasta etsittiin", "Klienten söktes", "The person was looked for"),
    EventType.QUERY_CONSENTS: Text("Suostumuksia kysyttiin", "Samtycken efterfrågades", "Consents were asked about"),
    EventType.QUERY_DECIDED: Text(
        "Oikeutta tietoihin kysyttiin", "Rätten till uppgifter efterfrågades", "It was asked what may be seen"
    ),
    EventType.DISCLOSURE_READ: Text("Tietoja katsottiin", "Uppgifter visades", "Data were read"),
    EventType.DISCLOSURE_EXPORTED: Text(
        "Tietoja luovutettiin tiedostona", "Uppgifter lämnades ut som fil", "Data were exported"
    ),
    EventType.DISCLOSURE_PAGE: Text(
        "Muutostietoja haettiin", "Ändringsuppgifter hämtades", "A page of changes was read"
    ),
    EventType.DISCLOSURE_ABORTED: Text("Luovutus keskeytyi", "Utlämnandet avbröts", "A disclosure was broken off"),
    EventType.LEAVE_ENTERED: Text("Tietoja alettiin hakea", "Uppgifter började hämtas", "Data began to be fetched"),
    EventType.LEAVE_LEFT: Text(
        "Tietojen haku lopetettiin", "Hämtningen av uppgifter upphörde", "Data ceased to be fetched"
    ),
    EventType.LEAVE_LISTED: Text("Hakulista koottiin", "Hämtningslistan sammanställdes", "A fetch list was made"),
    EventType.PERSON_ASKED: Text("Tietoja kysyttiin lähteestä", "Uppgifter begärdes från källan", "A source was asked"),
    EventType.SOURCE_FETCHED: Text("Lähteestä haettiin", "Källan lästes", "A source was fetched"),
    EventType.BATCH_HELD: Text("Erä pysäytettiin", "Satsen stoppades", "A batch was held"),
    EventType.BATCH_RELEASED: Text("Erä vapautettiin", "Satsen släpptes", "A batch was released"),
    EventType.QUARANTINE_EXPLAINED: Text(
        "Hylätty rivi selitettiin", "En avvisad rad förklarades", "A rejected row was explained"
    ),
    EventType.QUARANTINE_RELEASED: Text(
        "Hylätty rivi vapautettiin", "En avvisad rad släpptes", "A rejected row was released"
    ),
    EventType.QUARANTINE_DISCARDED: Text(
        "Hylätty rivi poistettiin", "En avvisad rad raderades", "A rejected row was discarded"
    ),
    EventType.LOAD_COMPLETED: Text("Lataus valmistui", "Laddningen blev klar", "A load was completed"),
    EventType.VIEW_PUBLISHED: Text("Näkymä julkaistiin", "Vyn publicerades", "The view was published"),
    EventType.SECTION_ERASED: Text("Tietoja poistettiin", "Uppgifter raderades", "Data were erased"),
    EventType.PERSON_MERGED: Text(
        "Henkilöt yhdistettiin", "Personer slogs ihop", "Two records of a person were joined"
    ),
    EventType.IDENTITY_CHANGED: Text(
        "Henkilötunnus muuttui", "Personbeteckningen ändrades", "An identity code changed"
    ),
    EventType.PERSON_SEARCHED: Text("Asiakasta haettiin", "Klienten söktes fram", "The person was searched for"),
    EventType.PERSON_VIEWED: Text("Asiakkaan sivu avattiin", "Klientens sida öppnades", "The person's page was opened"),
    EventType.EVIDENCE_ADDED: Text(
        "Paperi lisättiin kirjaukseen", "Ett papper lades till en anteckning", "A paper was added to a record"
    ),
    EventType.EVIDENCE_VIEWED: Text("Asiakirja avattiin", "Ett dokument öppnades", "A document was opened"),
    EventType.LOG_READ: Text("Lokia luettiin", "Loggen lästes", "The log was read"),
    EventType.LOG_EXPORTED: Text("Lokista otettiin vienti", "Ett uttag gjordes ur loggen", "The log was exported"),
    EventType.LOG_REVEALED: Text("Lokitapahtuma avattiin", "En logghändelse öppnades", "An event was revealed"),
    EventType.LOG_VERIFIED: Text("Loki tarkastettiin", "Loggen kontrollerades", "The log was verified"),
    EventType.LOG_RESTORED: Text("Loki palautettiin", "Loggen återställdes", "The log was restored"),
    EventType.ACCESS_FAILED: Text("Tunnistautuminen epäonnistui", "Identifieringen misslyckades", "Signing in failed"),
    EventType.ACCESS_REFUSED: Text("Pääsy evättiin", "Tillträde nekades", "Access was refused"),
    EventType.SESSION_OPENED: Text("Kirjauduttiin sisään", "Inloggning", "Signed in"),
    EventType.REVIEW_OPENED: Text("Tarkastus avattiin", "En granskning öppnades", "A review was opened"),
    EventType.REVIEW_CLOSED: Text("Tarkastus päätettiin", "En granskning avslutades", "A review was closed"),
    EventType.DISPUTE_OPENED: Text(
        "Henkilö pyysi selvitystä", "Personen bad om utredning", "The person asked for an explanation"
    ),
    EventType.DISPUTE_ANSWERED: Text(
        "Selvityspyyntöön vastattiin", "Begäran om utredning besvarades", "The person was answered"
    ),
    EventType.CORRECTION_HANDED: Text(
        "Oikaisupyyntö välitettiin rekisterinpitäjälle",
        "Begäran om rättelse förmedlades till den personuppgiftsansvarige",
        "A request for correction was handed on to the controller",
    ),
    EventType.CORRECTION_ANSWERED: Text(
        "Rekisterinpitäjä vastasi oikaisupyyntöön",
        "Den personuppgiftsansvarige svarade på begäran om rättelse",
        "The controller answered a request for correction",
    ),
    EventType.FINDING_OPENED: Text("Poikkeama havaittiin", "En avvikelse upptäcktes", "A finding was opened"),
    EventType.FINDING_CLOSED: Text("Poikkeama selvitettiin", "En avvikelse utreddes", "A finding was closed"),
    EventType.KEY_ROTATED: Text("Avain vaihdettiin", "En nyckel byttes", "A key was rotated"),
    EventType.CONFIG_CHANGED: Text("Asetus muuttui", "En inställning ändrades", "A setting changed"),
    EventType.SCHEMA_CHANGED: Text("Tietokannan rakenne muuttui", "Databasens struktur ändrades", "The schema changed"),
    EventType.INDEX_ROOT: Text(
        "Hakemiston juuri kirjattiin", "Indexets rot antecknades", "The index root was recorded"
    ),
    EventType.RESPONSES_COUNTED: Text("Vastaukset laskettiin", "Svaren räknades", "Answers were counted"),
    EventType.HEARTBEAT: Text("Lokin elonmerkki", "Loggens livstecken", "Heartbeat of the log"),
    EventType.CLOCK_JUMP: Text("Kello siirtyi", "Klockan hoppade", "The clock jumped"),
    EventType.LOG_OPENED: Text("Vuoden loki avattiin", "Årets logg öppnades", "The log of a year was opened"),
    EventType.LOG_CLOSED: Text("Vuoden loki päätettiin", "Årets logg avslutades", "The log of a year was closed"),
    EventType.RETENTION_ERASED: Text(
        "Vanhentuneet tiedot poistettiin", "Föråldrade uppgifter raderades", "Data past their time were erased"
    ),
    EventType.RETENTION_UNLINKED: Text(
        "Vanhat tapahtumat irrotettiin", "Gamla händelser avlänkades", "Old events were unlinked"
    ),
    EventType.RETENTION_PRUNED: Text(
        "Vanhat tapahtumat poistettiin", "Gamla händelser gallrades", "Old events were pruned"
    ),
}
