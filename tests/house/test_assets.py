"""What pages load from others is listed with its licence and its hash, and nothing unlisted is there (PAGES.md 11)."""

import hashlib
import json
import re
from pathlib import Path

from web.pages import assets

VENDOR = assets.FOLDER / "vendor"
LOCK = VENDOR / "assets.lock.json"


def on_disk() -> dict[str, str]:
    files = (path for path in VENDOR.rglob("*") if path.is_file() and path != LOCK)
    return {str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_file_of_others_is_listed_with_its_hash_and_licence():
    locked = json.loads(LOCK.read_text())

    assert {name: digest for package in locked for name, digest in package["files"].items()} == on_disk()
    assert all(package["version"] and package["licence"] and package["sha512"] for package in locked)
    assert all(any("LICENSE" in name for name in package["files"]) for package in locked)


def test_a_style_sheet_loads_nothing_from_elsewhere_and_every_font_it_names():
    sheet = next(asset for address, asset in assets.served().items() if address.endswith("/luukku.css"))
    named = re.findall(r'url\("([^"]+)"\)', sheet.content.decode())

    assert named
    assert set(named) <= set(assets.served())
    assert "http" not in sheet.content.decode()


def test_an_address_changes_with_the_content():
    assert Path(assets.address("luukku.css")).name == "luukku.css"
    assert len({*assets.served()}) == len(assets.served()) == len(list(assets.FOLDER.rglob("*.*"))) - 2
