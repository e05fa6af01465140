"""The rules of DOMAIN.md 4.4, 5.2 and 5.3 that every true record keeps, written down for tests of the synthetic people."""

from datetime import date
from itertools import pairwise

from simulators.population import records_of

TURN = date(2026, 5, 1)


def broken_rules(person, closing):
    """Name each rule that a person's records break; none, when all is well."""
    checks = [*_identity(person), *_te(person), *_kela(person), *_sote(person)]
    checks += [("stamp before the closing", one.muokattu_aika < closing) for one in records_of(person)]
    checks += [("version", one.versio >= 1) for one in records_of(person)]
    ids = [one.id for one in records_of(person)]
    checks.append(("ids are unique", len(set(ids)) == len(ids)))
    return sorted({name for name, holds in checks if not holds})


def valid_business_id(text):
    digits, _, check = text.partition("-")
    weighted = sum(weight * int(digit) for weight, digit in zip((7, 9, 10, 5, 8, 4, 2), digits, strict=True)) % 11
    return weighted != 1 and int(check) == (11 - weighted) % 11


def _identity(person):
    identity = person.identity
    for code in (identity.hetu, *(past.hetu for past in identity.past_hetus)):
        yield "birth date agrees with HETU", code[:6] == f"{identity.born:%d%m%y}"
        yield "HETU is artificial", 900 <= int(code[7:10]) <= 999
        yield "HETU check", "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(code[:6] + code[7:10]) % 31] == code[10]


def _te(person):
    te, identity = person.te, person.identity
    for one in te.tyonhakijat:
        yield "TE knows the birth date", one.syntyma_pvm == identity.born
        yield "no home municipality under turvakielto", not (one.turvakielto and one.kotikunta)
        yield "the area is the home's", one.tyollisyysalue == identity.home.area
        yield "TYM date iff TYM", one.tym_asiakas == (one.tym_alku_pvm is not None)
        yield "search ends after it began", _ordered(one.tyonhaku_alkanut_pvm, one.tyonhaku_paattynyt_pvm)
        yield "nobody works as a child", (one.tyonhaku_alkanut_pvm - one.syntyma_pvm).days > 15.9 * 365
    clients = {one.id for one in te.tyonhakijat}
    for records in (te.tyollisyysjaksot, te.suunnitelmat, te.palveluosallistumiset, te.yhteydenotot, te.palvelulinjat):
        yield "records belong to a jobseeker", all(one.tyonhakija_id in clients for one in records)
    yield from _stretches(te.tyollisyysjaksot)
    yield from _plans(te.suunnitelmat)
    yield from _services(te.palveluosallistumiset)
    yield "one open service line", sum(one.paattynyt_pvm is None for one in te.palvelulinjat) <= 1
    yield "service line in order", all(_ordered(one.segmentti_pvm, one.paattynyt_pvm) for one in te.palvelulinjat)


def _stretches(stretches):
    ordered = sorted(stretches, key=lambda one: one.alku_pvm)
    yield "stretch in order", all(_ordered(one.alku_pvm, one.loppu_pvm) for one in ordered)
    yield "no overlap", all(one.loppu_pvm and one.loppu_pvm < after.alku_pvm for one, after in pairwise(ordered))
    yield (
        "psyy only when 02 or 03 ended",
        all(one.psyy is None or (one.tyollkoodi in ("02", "03") and one.loppu_pvm) for one in ordered),
    )


def _plans(plans):
    for one in plans:
        yield "signed before review", _ordered(one.allekirjoitettu_pvm, one.tarkistus_pvm)
        yield "in force needs both dates", one.tila != "VOIMASSA" or bool(one.allekirjoitettu_pvm and one.tarkistus_pvm)
        yield "ended iff it has an end", (one.tila == "PAATTYNYT") == (one.paattynyt_pvm is not None)
        yield "handled iff dated", all(task.kasitelty == (task.kasitelty_pvm is not None) for task in one.tehtavat)
    yield "one plan in force", sum(one.tila == "VOIMASSA" for one in plans) <= 1


def _services(services):
    for one in services:
        yield "voucher iff bought by voucher", (one.tuotantotapa == "PALVELUSETELI") == (one.palveluseteli is not None)
        yield (
            "service in order",
            _ordered(one.alku_pvm, one.loppu_pvm) and _ordered(one.alku_pvm, one.suunniteltu_loppu_pvm),
        )
        yield "days a week for rehabilitative work", one.palvelukoodi != "05" or 1 <= one.paivat_viikossa <= 5
        yield "valid business id", valid_business_id(one.jarjestaja.ytunnus)
        if one.palveluseteli:
            yield "voucher in order", _ordered(one.palveluseteli.myonnetty_pvm, one.palveluseteli.voimassa_asti_pvm)


def _kela(person):
    kela = person.kela
    decisions = {one.id: one for one in kela.etuusratkaisut}
    for one in kela.etuusratkaisut:
        yield "decision in order", _ordered(one.alku_pvm, one.loppu_pvm)
        yield "decision within its code", _within_code(one.etuus, one.alku_pvm, one.loppu_pvm)
        yield "preceding decision exists", one.edeltava_ratkaisu_id is None or one.edeltava_ratkaisu_id in decisions
    for one in kela.maksut:
        yield "payment within its code", _within_code(one.etuus, one.kauden_alku_pvm, one.kauden_loppu_pvm)
        yield "payment of a decision", one.ratkaisu_id in decisions
        yield "0 to 31 days", 0 <= one.etuuspaivat <= 31
        yield "no financing municipality under turvakielto", not (person.identity.protected and one.rahoittava_kunta)
    for one in kela.paivalaskurit:
        yield "counter within its maximum", 0 <= one.paivat <= (one.enimmaispaivat or one.paivat)


def _sote(person):
    for one in person.sote.plans:
        yield "care plan in order", _ordered(one.start, one.end)
    for one in (*person.sote.episodes, *person.sote.rehabilitative_work):
        yield "client relation in order", _ordered(one.start, one.end)


def _within_code(benefit, start, end):
    if benefit in ("TYOMARKKINATUKI", "PERUSPAIVARAHA"):
        return end is not None and end < TURN
    return benefit != "YLEISTUKI" or start >= TURN


def _ordered(start, end):
    return start is None or end is None or start <= end
