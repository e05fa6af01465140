"""Records of the sote source (schemas/sote.py), cut to the whitelist; the contact person is encrypted."""

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Date, LargeBinary, Named, SmallInteger, Table, Text

from connectors.tables.staged import STAGING, Staged
from db.metadata import Timestamp


class _OfCounty(Staged):
    """Records of a county name it: it controls the data."""

    county: Named[str] = Column(Text, nullable=False)
    muokattu_aika: Named[datetime] = Column(Timestamp, nullable=False)


class _Potilas(_OfCounty):
    turvakielto: Named[bool] = Column(Boolean, nullable=False)
    kuollut: Named[bool] = Column(Boolean, nullable=False)


class _Asiakassuhde(_OfCounty):
    status: Named[str] = Column(Text, nullable=False)
    alku_pvm: Named[date | None] = Column(Date)
    loppu_pvm: Named[date | None] = Column(Date)


class _Palvelutarve(_OfCounty):
    status: Named[str] = Column(Text, nullable=False)
    kirjattu_pvm: Named[date] = Column(Date, nullable=False)


class _SoteSuunnitelma(_OfCounty):
    status: Named[str] = Column(Text, nullable=False)
    toimsuunlaji: Named[str | None] = Column(Text)
    laadittu_pvm: Named[date | None] = Column(Date)
    alku_pvm: Named[date | None] = Column(Date)
    loppu_pvm: Named[date | None] = Column(Date)


class _SoteToimenpide(_OfCounty):
    suunnitelma_id: Named[str] = Column(Text, nullable=False)
    toimikoodi: Named[str] = Column(Text, nullable=False)
    status: Named[str] = Column(Text, nullable=False)
    alku_pvm: Named[date | None] = Column(Date)
    loppu_pvm: Named[date | None] = Column(Date)
    paivat_viikossa: Named[int | None] = Column(SmallInteger)


class _TyokyvynRajoite(_OfCounty):
    koodi: Named[str] = Column(Text, nullable=False)


class _Yhteyshenkilo(_OfCounty):
    nimi: Named[bytes] = Column(LargeBinary, nullable=False)
    yksikko: Named[str | None] = Column(Text)
    puhelin: Named[bytes | None] = Column(LargeBinary)


potilas = Table("potilas", STAGING, _Potilas)
asiakassuhde = Table("asiakassuhde", STAGING, _Asiakassuhde)
palvelutarve = Table("palvelutarve", STAGING, _Palvelutarve)
sote_suunnitelma = Table("sote_suunnitelma", STAGING, _SoteSuunnitelma)
sote_toimenpide = Table("sote_toimenpide", STAGING, _SoteToimenpide)
tyokyvyn_rajoite = Table("tyokyvyn_rajoite", STAGING, _TyokyvynRajoite)
yhteyshenkilo = Table("yhteyshenkilo", STAGING, _Yhteyshenkilo)
