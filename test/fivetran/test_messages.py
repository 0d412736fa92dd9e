"""The pure part of the connector: types, rows, and when states are handed on."""

import os
import sys

import pytest

sys.path.insert(0, os.environ["FIVETRAN_PACKAGE"])

from messages import BrokenOutput, Checkpoints, column_types, is_deleted, parse, stream_names, tables, whole_row


def test_types():
    properties = {
        "id": {"type": "integer"},
        "number": {"type": ["null", "integer"]},
        "total": {"type": ["null", "number"]},
        "active": {"type": ["null", "boolean"]},
        "day": {"type": ["null", "string"], "format": "date"},
        "at": {"type": ["null", "string"], "format": "date-time"},
        "changes": {"type": ["null", "string"], "description": "JSON text"},
    }
    assert list(column_types({"properties": properties}).values()) == [
        "LONG", "LONG", "DOUBLE", "BOOLEAN", "NAIVE_DATE", "UTC_DATETIME", "STRING",
    ]  # fmt: skip


def test_a_row_has_every_column_and_no_other():
    assert whole_row({"id": 1, "other": 2}, {"id": "LONG", "name": "STRING"}) == {"id": 1, "name": None}


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("2025-01-06T14:00:00.000Z", "2025-01-06T14:00:00.000Z"),
        ("2025-01-06T14:00:00.123456Z", "2025-01-06T14:00:00.123456Z"),
        ("2025-01-06T14:00:00.123456789Z", "2025-01-06T14:00:00.123456Z"),
        (None, None),
    ],
)
def test_the_sdk_reads_six_digits_of_a_second(value, taken):
    assert whole_row({"at": value}, {"at": "UTC_DATETIME"}) == {"at": taken}


def test_long_text_stays_whole():
    assert whole_row({"text": "x" * 40}, {"text": "STRING"}) == {"text": "x" * 40}


@pytest.mark.parametrize(
    ("text", "names"),
    [("", []), ("  ", []), ("jobs", ["jobs"]), ("jobs, crews,", ["jobs", "crews"]), ('["jobs", "crews"]', ["jobs", "crews"])],
)
def test_names_of_streams(text, names):
    assert stream_names(text) == names


def test_tables_are_those_of_the_streams_and_rejected_records():
    entry = {"key_properties": ["id"], "schema": {"properties": {"id": {"type": "integer"}}}}
    catalog = {"streams": [{"stream": name, **entry} for name in ("jobs", "crews", "rejected_records")]}
    assert [table["table"] for table in tables(catalog, ["jobs"])] == ["jobs", "rejected_records"]
    assert [table["table"] for table in tables(catalog, [])] == ["jobs", "crews", "rejected_records"]
    assert tables(catalog, ["jobs"])[0] == {"table": "jobs", "primary_key": ["id"], "columns": {"id": "LONG"}}


def test_the_columns_of_deletion_are_no_columns_at_fivetran():
    properties = {name: {"type": ["null", "string"]} for name in ("id", "deleted_at", "_sdc_deleted_at", "job_deleted_at")}
    assert list(column_types({"properties": properties})) == ["id", "job_deleted_at"]


def test_a_table_has_the_columns_that_a_run_sends():
    properties = {name: {"type": ["null", "string"]} for name in ("id", "name", "_rescued_data")}
    entry = {
        "stream": "jobs",
        "key_properties": ["id"],
        "schema": {"properties": properties},
        "metadata": [
            {"breadcrumb": [], "metadata": {"selected-by-default": True}},
            {"breadcrumb": ["properties", "name"], "metadata": {"selected-by-default": True}},
            {"breadcrumb": ["properties", "_rescued_data"], "metadata": {"selected-by-default": False}},
        ],
    }
    (table,) = tables({"streams": [entry]}, [])
    assert list(table["columns"]) == ["id", "name"]


@pytest.mark.parametrize(
    ("record", "deleted"),
    [({"id": 1}, False), ({"id": 1, "deleted_at": None}, False), ({"id": 1, "deleted_at": "2026-11-24T06:00:00Z"}, True)],
)
def test_a_record_with_a_time_of_deletion_is_deleted(record, deleted):
    assert is_deleted(record) == deleted


@pytest.mark.parametrize("line", [b"no json\n", b'{"type":"ROW"}\n', b"[]\n", b'"STATE"\n', b"{}\n", b"\xff\n"])
def test_what_is_no_message_is_an_error_that_does_not_quote_it(line):
    with pytest.raises(BrokenOutput, match="^line 7 of the tap's output") as error:
        parse(line, 7)
    assert "ROW" not in str(error.value)
    assert "no json" not in str(error.value)


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        (b'{"type":"RECORD","stream":"jobs"}', 'RECORD without a valid "record"'),
        (b'{"type":"RECORD","stream":"jobs","record":[1]}', 'RECORD without a valid "record"'),
        (b'{"type":"RECORD","record":{}}', 'RECORD without a valid "stream"'),
        (b'{"type":"SCHEMA","stream":"jobs"}', 'SCHEMA without a valid "schema"'),
        (b'{"type":"SCHEMA","stream":"jobs","schema":{}}', 'SCHEMA without a valid "key_properties"'),
        (b'{"type":"SCHEMA","stream":"jobs","schema":{},"key_properties":[]}', 'SCHEMA without "properties"'),
        (
            b'{"type":"SCHEMA","stream":"jobs","schema":{"properties":{}},"key_properties":["id"]}',
            "SCHEMA without a column for its key",
        ),
        (b'{"type":"ACTIVATE_VERSION","stream":"jobs"}', 'ACTIVATE_VERSION without a valid "version"'),
        (b'{"type":"STATE"}', 'STATE without a valid "value"'),
        (b'{"type":"STATE","value":null}', 'STATE without a valid "value"'),
    ],
)
def test_a_message_without_its_members_is_an_error_that_names_them(line, missing):
    with pytest.raises(BrokenOutput, match=f"^line 7 of the tap's output .* is a {missing}$"):
        parse(line, 7)


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def states(steps, start=None):
    """The states that are passed on after these steps.

    A step is a state, the end of a stream ("next") or of the run ("end"), or seconds that pass.
    """
    clock, put = Clock(), []
    checkpoints = Checkpoints(put.append, start or {}, clock)
    for step in steps:
        if step == "next":
            checkpoints.stream_ended()
        elif step == "end":
            checkpoints.end()
        elif isinstance(step, int):
            clock.now += step
        else:
            checkpoints.take(step)
    return put


A, B, C = ({"bookmarks": {"jobs": {"next_batch": token}}} for token in "abc")


def test_states_are_handed_on_once_a_minute_at_most():
    assert states([A, 59, B]) == []
    assert states([A, 60, B]) == [B]
    assert states([60, A, 59, B, 1, C]) == [A, C]


def test_and_where_a_stream_ends():
    assert states([A, B, "next"]) == [B]
    assert states([A, "next", B, "next", "next"]) == [A, B]
    assert states([A, "next", 59, B, 1, C]) == [A, C]


def test_a_stream_that_moved_no_bookmark_is_nothing_to_keep():
    assert states([{"bookmarks": {}}, "next"]) == []
    assert states([A, "next"], start=A) == []


def test_the_last_state_is_always_handed_on():
    assert states([{"bookmarks": {}}, "next", "end"]) == [{"bookmarks": {}}]
    assert states([A, "end", "end"]) == [A]
