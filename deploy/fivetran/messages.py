"""Converts Singer messages for the Fivetran SDK: tables, rows, and when to checkpoint. Pure."""

import json
import time

# A column with JSON text is a STRING, as in the older connector. With the type JSON, the SDK would
# encode the text a second time.
TYPES = {"integer": "LONG", "number": "DOUBLE", "boolean": "BOOLEAN"}
FORMATS = {"date": "NAIVE_DATE", "date-time": "UTC_DATETIME"}

# The tap's stream of rejected values and rows. It is part of every selection.
REJECTED = "rejected_records"

# The columns that say when Bolt deleted a row. They are not columns at Fivetran, which marks a
# deleted row in its own column, `_fivetran_deleted`.
DELETED_AT = "deleted_at"
DELETED_COLUMNS = (DELETED_AT, "_sdc_deleted_at")


class BrokenOutput(Exception):
    """The tap wrote something that is not a Singer message."""


# The required members of each type of message, and their types.
MEMBERS = {
    "SCHEMA": {"stream": str, "schema": dict, "key_properties": list},
    "RECORD": {"stream": str, "record": dict},
    "STATE": {"value": dict},
    "ACTIVATE_VERSION": {"stream": str, "version": int},
}


def parse(line, number):
    """Parses one line of the tap's output. `number` counts from 1 and is for the error.

    Raises BrokenOutput if the line is not a message. The error does not quote the line, which may
    hold the tenant's data.
    """
    where = f"line {number} of the tap's output ({len(line.strip())} bytes)"
    try:
        message = json.loads(line)
        kind = message["type"]
        members = MEMBERS[kind]
    except (ValueError, KeyError, TypeError):
        raise BrokenOutput(f"{where} is not a Singer message ({', '.join(MEMBERS)})") from None
    for name, wanted in members.items():
        if not isinstance(message.get(name), wanted):
            raise BrokenOutput(f'{where} is a {kind} without a valid "{name}"')
    if kind == "SCHEMA":
        columns = message["schema"].get("properties")
        if not isinstance(columns, dict):
            raise BrokenOutput(f'{where} is a SCHEMA without "properties"')
        for key in message["key_properties"]:
            if key not in columns:
                raise BrokenOutput(f"{where} is a SCHEMA without a column for its key")
    return message


def column_types(schema):
    """Returns the Fivetran type of each column of a JSON Schema that goes to Fivetran."""
    return {
        name: column_type(declared)
        for name, declared in schema["properties"].items()
        if name not in DELETED_COLUMNS
    }


def column_type(declared):
    kinds = declared["type"] if isinstance(declared["type"], list) else [declared["type"]]
    kind = next(kind for kind in kinds if kind != "null")
    return TYPES.get(kind) or FORMATS.get(declared.get("format"), "STRING")


def tables(catalog, names):
    """Returns a table for each stream in `names`, or for all streams if `names` is empty."""
    return [
        {"table": entry["stream"], "primary_key": entry["key_properties"], "columns": default_columns(entry)}
        for entry in catalog["streams"]
        if not names or entry["stream"] in names or entry["stream"] == REJECTED
    ]


def default_columns(entry):
    """Returns the columns of a catalog entry that a run sends: those selected by default."""
    left_out = {
        item["breadcrumb"][-1]
        for item in entry.get("metadata", [])
        if item["breadcrumb"] and item["metadata"].get("selected-by-default") is False
    }
    return {name: kind for name, kind in column_types(entry["schema"]).items() if name not in left_out}


def stream_names(text):
    """Parses the setting `streams`: names separated by commas, or a JSON list."""
    if text.strip().startswith("["):
        return json.loads(text)
    return [name.strip() for name in text.split(",") if name.strip()]


def is_deleted(record):
    """Returns whether a record says that Bolt deleted its row."""
    return record.get(DELETED_AT) is not None


def whole_row(record, types):
    """Returns a record with every column of its stream, in the form that the SDK accepts."""
    return {name: cell(record.get(name), kind) for name, kind in types.items()}


def cell(value, kind):
    # The SDK reads at most six digits of a fraction of a second; the tap keeps all digits.
    if kind == "UTC_DATETIME" and value is not None and len(value) > len("2025-01-06T14:00:00.000000Z"):
        return value[:26] + "Z"
    return value


class Checkpoints:
    """Checkpoints states: when a stream ends, and at most once a minute in between.

    The tap writes a state after its rows, so no checkpoint is ahead of its rows.
    """

    def __init__(self, put, state, clock=time.monotonic, seconds=60):
        self._put = put
        self._clock = clock
        self._seconds = seconds
        self._at = clock()
        self._done = state
        self._waiting = None

    def take(self, state):
        """Takes the value of a STATE message."""
        self._waiting = state
        if self._clock() - self._at >= self._seconds:
            self._hand_on()

    def stream_ended(self):
        """Call this when a stream ends. Checkpoints if a bookmark has moved."""
        if self._waiting is not None and self._waiting.get("bookmarks") != (self._done.get("bookmarks") or {}):
            self._hand_on()

    def end(self):
        """Call this when the run ends, successful or not."""
        if self._waiting is not None:
            self._hand_on()

    def _hand_on(self):
        self._put(self._waiting)
        self._done, self._waiting = self._waiting, None
        self._at = self._clock()
