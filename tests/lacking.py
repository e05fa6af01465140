"""What a machine may lack: tests that need it are left out with a sentence, but in CI nothing may be."""

import os
from typing import NoReturn

import pytest


def leave_out(sentence: str) -> NoReturn:
    """Leave out whatever asked; in CI it fails."""
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
