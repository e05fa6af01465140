"""What each reason code says to people, in three languages (CONSENT.md 5.3)."""

from collections.abc import Mapping

from schemas.vocabulary import Reason, Text

_UNKNOWN = ("Tuntematon: {x}.", "Okänd: {x}.", "Unknown: {x}.")

TEXTS: Mapping[Reason, Text] = {
    Reason.CONSENT: Text("Suostumus on voimassa.", "Ett samtycke gäller.", "A consent is in force."),
    Reason.STATUTE: Text(
        "Laki antaa oikeuden tietoon.", "Lagen ger rätt till uppgiften.", "The law gives a right to it."
    ),
    Reason.EMERGENCY: Text(
        "Hätätilanne; asiakkaalle ilmoitetaan.", "Nödläge; klienten underrättas.", "Emergency; the person is told."
    ),
    Reason.DENIED: Text(
        "Asiakas on kieltänyt luovutuksen.", "Klienten har förbjudit utlämnandet.", "The person denied this disclosure."
    ),
    Reason.NO_AGREEMENT: Text(
        "Luovutuksesta ei ole sovittu.", "Utlämnandet är inte avtalat.", "No agreement covers it."
    ),
    Reason.AGREEMENT_INVALID: Text(
        "Sopimus ei ole voimassa.", "Avtalet gäller inte.", "The agreement is not in force."
    ),
    Reason.PERSON_DECEASED: Text("Asiakas on kuollut.", "Klienten har avlidit.", "The person has died."),
    Reason.NO_TASK: Text(
        "Vastaanottaja ei hoida asiakkaan asiaa.",
        "Mottagaren sköter inte klientens ärende.",
        "The recipient has no task for the person.",
    ),
    Reason.PROTECTED: Text(
        "Turvakielto rajaa tiedot nimetylle valmentajalle.",
        "Spärrmarkering: endast namngiven coach.",
        "Protected: the named coach only.",
    ),
    Reason.NO_CONSENT: Text("Suostumusta ei ole annettu.", "Samtycke har inte getts.", "No consent has been given."),
    Reason.INVALIDATED: Text(
        "Kirjaus oli virheellinen.", "Anteckningen var felaktig.", "The record was made in error."
    ),
    Reason.REFUSED: Text("Asiakas ei antanut suostumusta.", "Klienten gav inte samtycke.", "The person refused."),
    Reason.REVOKED: Text(
        "Rekisterinpitäjä lopetti luovutuksen.", "Den ansvarige avslutade utlämnandet.", "The controller ended it."
    ),
    Reason.WITHDRAWN: Text("Suostumus on peruutettu.", "Samtycket har återkallats.", "The consent was withdrawn."),
    Reason.NOT_YET_VALID: Text(
        "Suostumus ei ole vielä voimassa.", "Samtycket gäller inte ännu.", "The consent is not yet in force."
    ),
    Reason.EXPIRED: Text("Suostumus on vanhentunut.", "Samtycket har gått ut.", "The consent has expired."),
    Reason.PENDING_VERIFICATION: Text(
        "Kirjaus odottaa vahvistusta.", "Anteckningen väntar på bekräftelse.", "The record awaits confirmation."
    ),
    Reason.CONFLICT: Text(
        "Tahdonilmaisut ovat ristiriidassa.", "Viljeyttringarna är motstridiga.", "The expressions of will conflict."
    ),
    Reason.SUSPENDED: Text("Luovutus on keskeytetty.", "Utlämnandet är pausat.", "The disclosure is paused."),
    Reason.REPRESENTATION_LAPSED: Text(
        "Edustajan oikeus ei ole voimassa.", "Företrädarens rätt gäller inte.", "The representative lacks authority."
    ),
    Reason.NOTICE_OUTDATED: Text(
        "Teksti on muuttunut; pyydä uusi suostumus.",
        "Texten har ändrats; begär nytt samtycke.",
        "The text changed; ask anew.",
    ),
    Reason.OUTSIDE_DATA_PERIOD: Text(
        "Lupa ei kata ajanjaksoa.", "Tillståndet täcker inte perioden.", "The period is not covered."
    ),
    Reason.NOT_NECESSARY: Text(
        "Tietoa ei tarvita tarkoitukseen.", "Uppgiften behövs inte för ändamålet.", "Not needed for the purpose."
    ),
    Reason.UNKNOWN_PERSON: Text(*_UNKNOWN),
    Reason.UNKNOWN_RECIPIENT: Text(*_UNKNOWN),
    Reason.UNKNOWN_PURPOSE: Text(*_UNKNOWN),
    Reason.UNKNOWN_CATEGORY: Text(*_UNKNOWN),
    Reason.STORE_UNAVAILABLE: Text(
        "Lupia ei voitu lukea.", "Tillstånden kunde inte läsas.", "Permissions could not be read."
    ),
}
"""``{x}`` stands for what is unknown; callers put the field's name there, never a person's data."""
