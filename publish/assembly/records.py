"""What staging holds of one person, as the assembly takes it: the sources' own records, names in the clear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schemas import kela, sote, te
from schemas.view.item import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobseeker:
    """What is taken of a ``Tyonhakija``; the HETU lies elsewhere. ``vastuuasiantuntija`` is JSON text."""

    id: str
    sukunimi: str
    etunimet: str
    syntyma_pvm: date
    kotikunta: str | None
    kotikunta_alku_pvm: date | None
    tyollisyysalue: str
    asiointikieli: str
    tyonhaku_alkanut_pvm: date
    tyonhaku_paattynyt_pvm: date | None
    vastuuasiantuntija: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TeRecords:
    """TE's records of one person; each list is in the order of its dates, then of its ids."""

    tyonhakija: Sequence[Jobseeker] = ()
    tyollisyysjakso: Sequence[te.Tyollisyysjakso] = ()
    suunnitelma: Sequence[te.Suunnitelma] = ()
    palveluosallistuminen: Sequence[te.Palveluosallistuminen] = ()
    yhteydenotto: Sequence[te.Yhteydenotto] = ()
    palvelulinja: Sequence[te.Palvelulinja] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KelaRecords:
    """Kela's records of one person, ordered as TE's."""

    etuusratkaisu: Sequence[kela.Etuusratkaisu] = ()
    maksu: Sequence[kela.Maksu] = ()
    vireillaolo: Sequence[kela.Vireillaolo] = ()
    paivalaskuri: Sequence[kela.Paivalaskuri] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SoteRecords:
    """One county's records of one person, ordered as TE's."""

    asiakassuhde: Sequence[sote.Asiakassuhde] = ()
    palvelutarve: Sequence[sote.Palvelutarve] = ()
    sote_suunnitelma: Sequence[sote.SoteSuunnitelma] = ()
    sote_toimenpide: Sequence[sote.SoteToimenpide] = ()
    tyokyvyn_rajoite: Sequence[sote.TyokyvynRajoite] = ()
    yhteyshenkilo: Sequence[sote.Yhteyshenkilo] = ()


Records = TeRecords | KelaRecords | SoteRecords
Built = tuple[str, Item]
"""An item with the source's id of the record it was made of."""
