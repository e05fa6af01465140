"""Records of the Kela source (schemas/kela.py); its protections stand in ``protection``."""

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Date, Integer, Named, SmallInteger, Table, Text

from connectors.tables.staged import STAGING, Staged
from db.metadata import Timestamp


class _Vireillaolo(Staged):
    etuus: Named[str] = Column(Text, nullable=False)
    saapunut_pvm: Named[date] = Column(Date, nullable=False)
    tila: Named[str] = Column(Text, nullable=False)
    muokattu_aika: Named[datetime] = Column(Timestamp, nullable=False)


class _Etuusratkaisu(Staged):
    etuus: Named[str] = Column(Text, nullable=False)
    ratkaisu: Named[str] = Column(Text, nullable=False)
    peruste: Named[str] = Column(Text, nullable=False)
    alku_pvm: Named[date] = Column(Date, nullable=False)
    loppu_pvm: Named[date | None] = Column(Date)
    ratkaisu_pvm: Named[date] = Column(Date, nullable=False)
    edeltava_ratkaisu_id: Named[str | None] = Column(Text)
    muokattu_aika: Named[datetime] = Column(Timestamp, nullable=False)


class _Maksu(Staged):
    ratkaisu_id: Named[str] = Column(Text, nullable=False)
    etuus: Named[str] = Column(Text, nullable=False)
    kauden_alku_pvm: Named[date] = Column(Date, nullable=False)
    kauden_loppu_pvm: Named[date] = Column(Date, nullable=False)
    maksettu_pvm: Named[date] = Column(Date, nullable=False)
    etuuspaivat: Named[int] = Column(SmallInteger, nullable=False)
    rahoittava_kunta: Named[str | None] = Column(Text)
    peruttu: Named[bool] = Column(Boolean, nullable=False)
    muokattu_aika: Named[datetime] = Column(Timestamp, nullable=False)


class _Paivalaskuri(Staged):
    laji: Named[str] = Column(Text, nullable=False)
    paivat: Named[int] = Column(Integer, nullable=False)
    enimmaispaivat: Named[int | None] = Column(Integer)
    tilanne_pvm: Named[date] = Column(Date, nullable=False)


vireillaolo = Table("vireillaolo", STAGING, _Vireillaolo)
etuusratkaisu = Table("etuusratkaisu", STAGING, _Etuusratkaisu)
maksu = Table("maksu", STAGING, _Maksu)
paivalaskuri = Table("paivalaskuri", STAGING, _Paivalaskuri)
