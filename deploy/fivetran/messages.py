"""From Singer messages to what the Fivetran SDK takes: tables, rows, and when a state is handed on. Starts nothing, reads nothing."""

import json
import time

# A JSON text column stays STRING, as the older connector had it: the SDK would encode the text a second time for JSON.
TYPES = {"integer": "LONG", "number": "DOUBLE", "boolean": "BOOLEAN"}
FORMATS = {"date": "NAIVE_DATE", "date-time": "UTC_DATETIME"}

# The stream that the tap makes of what did not fit; it comes with every selection.
REJECTED = "rejected_records"


class BrokenOutput(Exception):
    """The tap wrote something that is not a Singer message."""


# What each type of message has to have, and of which type that is.
MEMBERS = {
    "SCHEMA": {"stream": str, "schema": dict},
    "RECORD": {"stream": str, "record": dict},
    "STATE": {"value": dict},
}


def parse(line, number):
    """One line of the tap's output as a message. `number` counts from 1, for the error.

    Raises BrokenOutput for anything else. The error does not quote the line: it may hold
    anybody's data.
    """
    where = f"line {number} of the tap's output ({len(line.strip())} bytes)"
    try:
        message = json.loads(line)
        kind = message["type"]
        members = MEMBERS[kind]
    except (ValueError, KeyError, TypeError):
        raise BrokenOutput(f"{where} is not a SCHEMA, RECORD or STATE message") from None
    for name, wanted in members.items():
        if not isinstance(message.get(name), wanted):
            raise BrokenOutput(f'{where} is a {kind} without a valid "{name}"')
    if kind == "SCHEMA" and not isinstance(message["schema"].get("properties"), dict):
        raise BrokenOutput(f'{where} is a SCHEMA without "properties"')
    return message


def column_types(schema):
    """The Fivetran type of each column of a stream's JSON Schema."""
    return {name: column_type(declared) for name, declared in schema["properties"].items()}


def column_type(declared):
    kinds = declared["type"] if isinstance(declared["type"], list) else [declared["type"]]
    kind = next(kind for kind in kinds if kind != "null")
    return TYPES.get(kind) or FORMATS.get(declared.get("format"), "STRING")


def tables(catalog, names):
    """What `schema()` gives: a table for each stream of the catalog that is named, or for all where none is."""
    return [
        {"table": entry["stream"], "primary_key": entry["key_properties"], "columns": column_types(entry["schema"])}
        for entry in catalog["streams"]
        if not names or entry["stream"] in names or entry["stream"] == REJECTED
    ]


def stream_names(text):
    """The names in the setting `streams`: with commas between them, or as a JSON list."""
    if text.strip().startswith("["):
        return json.loads(text)
    return [name.strip() for name in text.split(",") if name.strip()]


def whole_row(record, types):
    """A record with every column of its stream, each in the form that the SDK takes."""
    return {name: cell(record.get(name), kind) for name, kind in types.items()}


def cell(value, kind):
    # The SDK reads six digits of a second's fraction at most; the tap keeps as many as came.
    if kind == "UTC_DATETIME" and value is not None and len(value) > len("2025-01-06T14:00:00.000000Z"):
        return value[:26] + "Z"
    return value


class Checkpoints:
    """Hands states on: where a stream has ended, and in between once a minute at most.

    A state only ever arrives behind the rows that it speaks of, so whichever is handed on is never ahead of them.
    """

    def __init__(self, put, state, clock=time.monotonic, seconds=60):
        self._put = put
        self._clock = clock
        self._seconds = seconds
        self._at = clock()
        self._done = state
        self._waiting = None

    def take(self, state):
        """A STATE came."""
        self._waiting = state
        if self._clock() - self._at >= self._seconds:
            self._hand_on()

    def stream_ended(self):
        """The next stream begins. Where no bookmark has moved, there is nothing to keep."""
        if self._waiting is not None and self._waiting.get("bookmarks") != (self._done.get("bookmarks") or {}):
            self._hand_on()

    def end(self):
        """The run is over, well or not."""
        if self._waiting is not None:
            self._hand_on()

    def _hand_on(self):
        self._put(self._waiting)
        self._done, self._waiting = self._waiting, None
        self._at = self._clock()
