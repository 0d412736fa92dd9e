"""What the destination should contain, computed from the API's raw rows without the tap.

It implements the rules of the API's description a second time, in another language.
"""

import json
import re
from datetime import date, datetime, timezone

FLATTENED = {
    "customers": {
        "corporate_address": "corporate_address_",
        "billing_address": "billing_address_",
        "corporate_contact": "corporate_contact_",
        "billing_contact": "billing_contact_",
    },
    "employees": {"address": "address_"},
    "job_events": {"job": "job_"},
    "work_order_events": {"work_order": "work_order_"},
    "work_order_status_events": {"status": "status_"},
}
EVENT_ID = {
    "job_events": ("id", "job_id", "event", "created_at"),
    "work_order_events": ("work_order_id", "event", "created_at"),
    "work_order_status_events": ("id", "status_work_order_id", "event", "created_at"),
}


def rows(stream, raw_rows, types, keys):
    """The rows of a table by their key; of two with the same key the later one."""
    shaped = [row(stream, raw, types) for raw in raw_rows]
    return {tuple(one[key] for key in keys): one for one in shaped}


def statuses(events):
    """The raw rows of `work_order_statuses`, which no list provides: the last of each."""
    last = {event["status"]["id"]: event for event in events}
    return [event["status"] for event in last.values() if event["event"] != "destroy"]


def row(stream, raw, types):
    cells = flat(stream, raw)
    if stream in EVENT_ID:
        parts = "_".join(str(cells[part]) for part in EVENT_ID[stream])
        cells["event_id"] = re.sub("[:-]", "", parts).replace(" ", "_")
    return {name: convert(cells.get(name), kind) for name, kind in types.items()}


def flat(stream, raw):
    """The cells by column: names in lower case with `_`, objects flattened.

    The exact name of a column takes precedence over other spellings.
    """
    cells = {}
    inner = FLATTENED.get(stream, {})
    for name, value in sorted(raw.items(), key=lambda item: item[0] == column(item[0])):
        if column(name) in inner and isinstance(value, dict):
            cells |= {inner[column(name)] + column(key): one for key, one in value.items()}
        elif not blank(value) or column(name) not in cells:
            cells[column(name)] = value
    return cells


def column(name):
    return re.sub("[ -]", "_", name.lower())


def blank(value):
    return value is None or (isinstance(value, str) and value.strip() == "")


def convert(value, kind):
    if blank(value):
        return None
    if kind == "LONG":
        return int(float(value))
    if kind == "DOUBLE":
        return float(value)
    if kind == "BOOLEAN":
        return str(value).lower() == "true"
    if kind == "NAIVE_DATE":
        return date.fromisoformat(value[:10])
    if kind == "UTC_DATETIME":
        return moment(value)
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def moment(text):
    if len(text) == 10:
        text += "T00:00:00Z"
    text = text.replace(" UTC", "Z").replace("Z", "+00:00").replace(" ", "T", 1).replace(" ", "")
    return datetime.fromisoformat(text).astimezone(timezone.utc)
