"""What a machine lacks leaves its tests out, in CI it fails them, and the end of a run says so."""

import pytest

from tests.lacking import leave_out

LACKING = "there is no browser"


def test_what_is_lacking_leaves_a_test_out(monkeypatch):
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match=LACKING):
        leave_out(LACKING)


def test_in_ci_nothing_is_left_out(monkeypatch):
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match=LACKING):
        leave_out(LACKING)
