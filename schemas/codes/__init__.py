"""Closed code lists with the days they were in use: places, TE, Kela and sote codes, restated from named sources (SOURCES.md)."""

from schemas.codes import kela, places, sote, te
from schemas.codes.lists import Code, CodeList

__all__ = ["Code", "CodeList", "kela", "places", "sote", "te"]
