"""singer-sdk's own tests of taps, run against this tap.

That suite needs a Python class. The class here passes on what the command prints: its catalog, its
settings, its messages. Three tests of the suite cannot fail, so this file replaces them: unique
keys (the suite compares generators, which always differ), the final state (it looks for a key at
the wrong depth), and the connection (it ignores the result).

BOLT_COMMAND is the command as a JSON list, BOLT_CONFIG the path of its configuration.
"""

import json
import os
import subprocess
import sys

import pytest
from singer_sdk import Stream, Tap
from singer_sdk.testing import SuiteConfig, get_tap_test_class
from singer_sdk.testing.suites import SingerTestSuite
from singer_sdk.testing.templates import StreamTestTemplate, TapTestTemplate

COMMAND = json.loads(os.environ["BOLT_COMMAND"])
CONFIG = os.environ["BOLT_CONFIG"]


def said(*flags):
    """What the command prints; raises where it ends badly."""
    return subprocess.run([*COMMAND, *flags], check=True, capture_output=True, text=True).stdout


CATALOG = json.loads(said("--discover"))


class Table(Stream):
    """A stream as the catalog has it."""

    def __init__(self, tap, entry):
        super().__init__(tap, name=entry["tap_stream_id"], schema=entry["schema"])
        self.primary_keys = entry["key_properties"]

    def get_records(self, context):
        """Never asked for: the command puts out the records."""
        raise NotImplementedError


class BoltEciTap(Tap):
    """The command, in the form that the suite takes."""

    name = "tap-bolt-eci"
    config_jsonschema = json.loads(said("--about", "--format", "json"))["settings"]

    def discover_streams(self):
        return [Table(self, entry) for entry in CATALOG["streams"]]

    def run_discovery(self):
        return said("--discover")

    @property
    def catalog_dict(self):
        return json.loads(self.run_discovery())

    def run_connection_test(self):
        said("--config", CONFIG, "--test")
        return True

    def run_sync_dry_run(self, **_):
        sys.stdout.write(said("--config", CONFIG))
        return True

    @classmethod
    def print_version(cls, *_, **__):
        assert said("--version").strip()

    @classmethod
    def print_about(cls, output_format="text"):
        assert said("--about", "--format", output_format or "text").strip()


def keys_in(value):
    """Every key, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_in(inner)


def check_keys(records, primary_keys):
    keys = [tuple(record[key] for key in primary_keys) for record in records]
    assert all(part is not None for key in keys for part in key)
    assert len(set(keys)) == len(keys)


def check_final_state(messages):
    assert messages[-1]["type"] == "STATE"
    state = messages[-1]["value"]
    assert state["bookmarks"]
    assert state["currently_syncing"] is None
    assert not {"progress_markers", "next_batch"} & set(keys_in(state))


FOUND = ["stream", "record_key", "field", "value"]


class UniqueKeys(StreamTestTemplate):
    name = "unique_keys"

    def test(self):
        assert self.stream.primary_keys
        records = self.stream_records
        if self.stream.name == "rejected_records":
            # Its key is a hash of the rejected value, so the destination has one row for equal
            # ones.
            records = {tuple(record[column] for column in FOUND): record for record in records}.values()
        if self.stream.name == "work_order_statuses":
            # A status comes once with each of its events, so the destination has the last one.
            records = {record["id"]: record for record in records}.values()
        check_keys(records, self.stream.primary_keys)


class FinalState(TapTestTemplate):
    name = "final_state"

    def test(self):
        check_final_state(self.runner.raw_messages)


TestBoltEciTap = get_tap_test_class(
    BoltEciTap,
    config=json.load(open(CONFIG)),
    suite_config=SuiteConfig(max_records_limit=None),
    custom_suites=[
        SingerTestSuite(kind="tap", tests=[FinalState]),
        SingerTestSuite(kind="tap_stream", tests=[UniqueKeys]),
    ],
)


def test_checks_of_our_own_can_fail():
    state = {"type": "STATE", "value": {"bookmarks": {"jobs": {"refresh_token": "x"}}, "currently_syncing": None}}
    check_final_state([state])
    check_keys([{"id": 1}, {"id": 2}], ["id"])
    unfinished = json.loads(json.dumps(state))
    unfinished["value"]["bookmarks"]["jobs"]["next_batch"] = "y"
    for wrong in (
        lambda: check_final_state([unfinished]),
        lambda: check_final_state([state, {"type": "RECORD"}]),
        lambda: check_keys([{"id": 1}, {"id": 1}], ["id"]),
        lambda: check_keys([{"id": None}], ["id"]),
    ):
        with pytest.raises(AssertionError):
            wrong()
