"""An answer of any length is landed in little memory: 1 GB needs less than 300 MB, in small in every run and in full when asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIMIT_MB = 300

MEASURED = """
import sys, tempfile
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx

from connectors import kela, te
from connectors.landing import Landing, Plan, new_key, open_parts
from connectors.source import Window
from connectors.store import FolderStore
from db.keys import Keyring
from schemas.vocabulary import Source
from tests.sources import CONSUMER, SERVICES, a_transport

kind, megabytes, page_megabytes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
NOON = datetime(2026, 6, 4, 12, tzinfo=UTC)
ROW = (
    '{"id":"%032d","versio":7,"muokattuAika":"2026-06-03T08:15:22Z","tyonhakijaId":"2","tyollkoodi":"07",'
    '"alkuPvm":"2026-02-02","loppuPvm":null,"psyy":null}'
)
CLIENT = (
    "<asiakas><henkilotunnus>120384-9128</henkilotunnus><turvakielto>false</turvakielto><paivalaskuri>"
    "<laji>KUNTAOSUUS</laji><paivat>%d</paivat><tilannePvm>2026-04-30</tilannePvm></paivalaskuri></asiakas>"
)
HEAD = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:x="http://x-road.eu/xsd/xroad.xsd" '
    'xmlns:id="http://x-road.eu/xsd/identifiers">%s<s:Body><HaeEtuudetResponse xmlns="urn:luukku:kela:etuustiedot:1">'
    "<vesileima>2026-06-04T02:00:00Z</vesileima><sivu><koko>1</koko>%s</sivu>"
)
numbers, pages = count(), count(1)
last = max(megabytes // page_megabytes, 1)


def rows(template, joint):
    size = 0
    while size < page_megabytes * 1_000_000:
        piece = joint.join(template % next(numbers) for _ in range(500)).encode()
        yield piece if not size else joint.encode() + piece
        size += len(piece)


def te_page(request):
    number = next(pages) if "tyollisyysjaksot" in request.url.path else last
    cursor = f'"c{number}"' if number < last else "null"
    yield b'{"tiedot":['
    if "tyollisyysjaksot" in request.url.path:
        yield from rows(ROW, ",")
    yield b'],"sivutus":{"jatko":%s},"vesileima":"2026-06-04T02:00:00Z"}' % cursor.encode()


def kela_page(request):
    number = next(pages)
    header = request.content.decode().split("<s:Body>")[0].split("<s:Header>")[1]
    yield (HEAD % (f"<s:Header>{header}", f"<jatko>c{number}</jatko>" if number < last else "")).encode()
    yield from rows(CLIENT, "")
    yield b"</HaeEtuudetResponse></s:Body></s:Envelope>"


def handler(request):
    headers = {
        "content-type": "text/xml;charset=utf-8" if kind == "kela" else "application/json;charset=utf-8",
        "x-road-client": str(CONSUMER.client),
        "x-road-service": SERVICES["te"].removesuffix("/v1"),
        "x-road-id": request.headers.get("x-road-id", ""),
    }
    return httpx.Response(200, headers=headers, content=(kela_page if kind == "kela" else te_page)(request))


transport = a_transport(httpx.Client(transport=httpx.MockTransport(handler)), SERVICES[kind])
connector = {"te": te.Te, "kela": kela.Kela}[kind](transport=transport, area="36", now=lambda: NOON)
plan = Plan(
    batch="b", source=Source(kind), place="36", shard="36", window=Window(), parser="p", code="c", key_id="k"
)
with tempfile.TemporaryDirectory() as folder:
    key, _ = new_key(Keyring.for_tests(), "b")
    store = FolderStore(Path(folder))
    landing = Landing(store=store, key=key, now=lambda: NOON, new_id=lambda: "1")
    manifest, _ = landing.land(connector, plan)
    raw = sum(part.raw_bytes for part in manifest.parts)
    assert raw > megabytes * 1_000_000 * 0.9, raw
    assert sum(len(part) for part in open_parts(store, manifest, key)) == raw
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) // 1024)
"""


def peak_mb(kind, megabytes, page_megabytes):
    """Land a synthetic answer in a process of its own and give the most memory it held."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", MEASURED, kind, str(megabytes), str(page_megabytes)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLARS_MAX_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout)


@pytest.mark.parametrize("kind", ["te", "kela"])
@pytest.mark.parametrize(
    ("megabytes", "page_megabytes"),
    [
        (40, 1),
        (60, 60),
        pytest.param(1_000, 1, marks=pytest.mark.long),
        pytest.param(1_000, 60, marks=pytest.mark.long),
    ],
)
def test_an_answer_of_any_length_is_landed_in_little_memory(kind, megabytes, page_megabytes):
    assert peak_mb(kind, megabytes, page_megabytes) < LIMIT_MB
