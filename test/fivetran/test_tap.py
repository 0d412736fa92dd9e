"""The tap's process, as the connector starts it."""

import os
import sys

import pytest

sys.path.insert(0, os.environ["FIVETRAN_PACKAGE"])

import tap


@pytest.fixture
def chatty(monkeypatch, tmp_path):
    """A tap that logs more than a pipe holds, and then ends."""
    script = tmp_path / "tap.mjs"
    script.write_text("for (let n = 0; n < 4000; n++) process.stderr.write('x'.repeat(99) + '\\n');")
    monkeypatch.setattr(tap, "TAP", str(script))
    return lambda: tap.Tap([], {}, str(tmp_path))


def test_a_log_that_raises_does_not_stop_the_tap(chatty, monkeypatch):
    def fail(_):
        raise OSError("the log is gone")

    monkeypatch.setattr(tap, "LEVELS", {"node": fail})
    with chatty() as running:
        assert running.exit_code(20) == 0
