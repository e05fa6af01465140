"""Records of the TE source (schemas/te.py); names and the coach are encrypted, the HETU stands in ``identity`` alone."""

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Date, LargeBinary, Named, SmallInteger, Table, Text

from connectors.tables.staged import STAGING, Staged
from db.metadata import Timestamp


class _OfJobseeker(Staged):
    """Records of a jobseeker name them by the source's own id."""

    muokattu_aika: Named[datetime] = Column(Timestamp, nullable=False)
    tyonhakija_id: Named[str] = Column(Text, nullable=False)


class _Tyonhakija(Staged):
    muokattu_aika: Named[datetime] = Column(Timestamp, nullable=False)
    sukunimi: Named[bytes] = Column(LargeBinary, nullable=False)
    etunimet: Named[bytes] = Column(LargeBinary, nullable=False)
    syntyma_pvm: Named[date] = Column(Date, nullable=False)
    kuolin_pvm: Named[date | None] = Column(Date)
    edunvalvonta: Named[bool | None] = Column(Boolean)
    kotikunta: Named[str | None] = Column(Text)
    kotikunta_alku_pvm: Named[date | None] = Column(Date)
    tyollisyysalue: Named[str] = Column(Text, nullable=False)
    turvakielto: Named[bool] = Column(Boolean, nullable=False)
    asiointikieli: Named[str] = Column(Text, nullable=False)
    kielitaso: Named[str | None] = Column(Text)
    tyonhaku_alkanut_pvm: Named[date] = Column(Date, nullable=False)
    tyonhaku_paattynyt_pvm: Named[date | None] = Column(Date)
    tym_asiakas: Named[bool] = Column(Boolean, nullable=False)
    tym_alku_pvm: Named[date | None] = Column(Date)
    kotoutumisasiakas: Named[bool] = Column(Boolean, nullable=False)
    vastuuasiantuntija: Named[bytes | None] = Column(LargeBinary)
    vastuuasiantuntija_tunnus: Named[str | None] = Column(Text)
    vastuuasiantuntija_alku_pvm: Named[date | None] = Column(Date)


class _Tyollisyysjakso(_OfJobseeker):
    tyollkoodi: Named[str] = Column(Text, nullable=False)
    alku_pvm: Named[date] = Column(Date, nullable=False)
    loppu_pvm: Named[date | None] = Column(Date)
    psyy: Named[str | None] = Column(Text)


class _Suunnitelma(_OfJobseeker):
    toimsuunlaji: Named[str] = Column(Text, nullable=False)
    tila: Named[str] = Column(Text, nullable=False)
    allekirjoitettu_pvm: Named[date | None] = Column(Date)
    tarkistus_pvm: Named[date | None] = Column(Date)
    paattynyt_pvm: Named[date | None] = Column(Date)
    tehtavat: Named[str | None] = Column(Text)


class _Palveluosallistuminen(_OfJobseeker):
    palvelukoodi: Named[str] = Column(Text, nullable=False)
    jarjestaja_ytunnus: Named[str] = Column(Text, nullable=False)
    jarjestaja_nimi: Named[str] = Column(Text, nullable=False)
    tuotantotapa: Named[str] = Column(Text, nullable=False)
    palveluseteli_tunnus: Named[str | None] = Column(Text)
    palveluseteli_myonnetty_pvm: Named[date | None] = Column(Date)
    palveluseteli_voimassa_asti_pvm: Named[date | None] = Column(Date)
    alku_pvm: Named[date] = Column(Date, nullable=False)
    suunniteltu_loppu_pvm: Named[date | None] = Column(Date)
    loppu_pvm: Named[date | None] = Column(Date)
    keskeytynyt: Named[bool] = Column(Boolean, nullable=False)
    paivat_viikossa: Named[int | None] = Column(SmallInteger)


class _Yhteydenotto(_OfJobseeker):
    yhtottotapa: Named[str] = Column(Text, nullable=False)
    tila: Named[str] = Column(Text, nullable=False)
    ajankohta_aika: Named[datetime] = Column(Timestamp, nullable=False)


class _Palvelulinja(_OfJobseeker):
    segmenttikoodi: Named[str] = Column(Text, nullable=False)
    segmentti_pvm: Named[date] = Column(Date, nullable=False)
    paattynyt_pvm: Named[date | None] = Column(Date)


tyonhakija = Table("tyonhakija", STAGING, _Tyonhakija)
tyollisyysjakso = Table("tyollisyysjakso", STAGING, _Tyollisyysjakso)
suunnitelma = Table("suunnitelma", STAGING, _Suunnitelma)
palveluosallistuminen = Table("palveluosallistuminen", STAGING, _Palveluosallistuminen)
yhteydenotto = Table("yhteydenotto", STAGING, _Yhteydenotto)
palvelulinja = Table("palvelulinja", STAGING, _Palvelulinja)
