"""Bolt ECI for Fivetran: runs the tap (tap.mjs) and turns its Singer messages into SDK operations.

README.md in this folder is the guide. The configuration holds the tap's settings, each as text.
"""

import json
import os
import tempfile

from fivetran_connector_sdk import ConfigurationForm, Connector, Test, form_field
from fivetran_connector_sdk import Operations as op

from messages import BrokenOutput, Checkpoints, column_types, is_deleted, parse, stream_names, tables, whole_row
from tap import Tap, TapFailed

# Settings without a use here: the container ends with the sync, and full loads delete nothing.
NOT_ASKED_FOR = (
    "activate_min_share",
    "cache_dir",
    "discover_live",
    "emit_activate_version_messages",
    "log_format",
    "metrics_file",
    "summary_file",
)
TEST_SECONDS = 120


def schema(configuration):
    """Returns the tables with keys and types. Needs neither network nor token."""
    masking = {name: value for name, value in configuration.items() if name.startswith("mask_")}
    return tables(json.loads(output_of(["--discover"], masking)), stream_names(configuration.get("streams", "")))


def update(configuration, state):
    """Runs one sync.

    If only some streams fail, the others are complete and a warning names the failed ones. Raises
    TapFailed for any other failure.
    """
    with tempfile.TemporaryDirectory(prefix="bolt-eci-") as folder:
        summary_file = os.path.join(folder, "summary.json")
        arguments = ["--summary", summary_file]
        if state:
            state_file = os.path.join(folder, "state.json")
            with open(state_file, "w", encoding="utf-8") as file:
                json.dump(state, file)
            arguments += ["--state", state_file]
        with Tap(arguments, configuration, folder) as tap:
            checkpoints = Checkpoints(op.checkpoint, state)
            try:
                pass_on(tap.lines(), checkpoints)
            except BrokenOutput as error:
                checkpoints.end()
                raise TapFailed(str(error)) from None
            # Also after a failure: these rows are stored, so the next sync continues after them.
            checkpoints.end()
            code = tap.exit_code()
            if code != 0:
                warning = partial_failure(summary_file) if code == 1 else None
                if warning is None:
                    raise tap.failure(code)
                op.warning(warning)


def pass_on(lines, checkpoints):
    """Turns messages into operations. Keys and types of the tables come from `schema()`.

    ACTIVATE_VERSION has no counterpart here: `op.truncate` would also mark the rows of the walk
    that it ends. README.md ("Deleted rows") says what that means.
    """
    types, keys = {}, {}
    for number, line in enumerate(lines, 1):
        message = parse(line, number)
        if message["type"] == "RECORD":
            stream, record = message["stream"], message["record"]
            if stream not in types:
                raise BrokenOutput(f"line {number} of the tap's output is a RECORD of {stream} without a SCHEMA before it")
            if is_deleted(record):
                op.delete(stream, whole_row(record, keys[stream]))
            else:
                op.upsert(stream, whole_row(record, types[stream]))
        elif message["type"] == "SCHEMA":
            checkpoints.stream_ended()
            stream = message["stream"]
            types[stream] = column_types(message["schema"])
            keys[stream] = {name: types[stream][name] for name in message["key_properties"]}
        elif message["type"] == "STATE":
            checkpoints.take(message["value"])


def partial_failure(summary_file):
    """Returns the warning if some streams failed, or None if all failed or there is no summary."""
    try:
        with open(summary_file, encoding="utf-8") as file:
            streams = json.load(file)["streams"]
    except (OSError, ValueError):
        return None
    failed = [stream for stream in streams if stream["outcome"] == "failed"]
    if not failed or not any(stream["outcome"] in ("complete", "stopped") for stream in streams):
        return None
    causes = "; ".join(f"{stream['stream']}: {stream['error']}" for stream in failed)
    return f"{len(failed)} of {len(streams)} streams failed and go on from their bookmarks in the next sync: {causes}"


def configuration_form():
    """Returns the form of the set-up page, with the tap's settings from `--about`."""
    declared = json.loads(output_of(["--about", "--format", "json"]))["settings"]
    form = ConfigurationForm()
    for name, setting in declared["properties"].items():
        if name not in NOT_ASKED_FOR:
            form.add_field(field(name, setting, name in declared["required"]))
    form.add_test(label="Ask each selected stream for one page", func=connection_test)
    return form


def field(name, setting, required):
    default = setting.get("default")
    return form_field.TextField(
        name,
        name,
        form_field.TextField.password if setting.get("secret") else form_field.TextField.plain_text,
        description=setting["description"],
        required=required,
        placeholder=None if default is None else default if isinstance(default, str) else json.dumps(default),
    )


def connection_test(configuration):
    """Succeeds if a sync would: every selected stream answers."""
    try:
        with tempfile.TemporaryDirectory(prefix="bolt-eci-") as folder, Tap(["--test"], configuration, folder) as tap:
            code = tap.exit_code(TEST_SECONDS)
            return Test.success() if code == 0 else Test.failure(str(tap.failure(code)))
    except TapFailed as error:
        return Test.failure(str(error))


def output_of(arguments, configuration=None):
    """Returns what the tap prints for arguments that need neither network nor token."""
    with tempfile.TemporaryDirectory(prefix="bolt-eci-") as folder, Tap(arguments, configuration or {}, folder) as tap:
        output = b"".join(tap.lines())
        code = tap.exit_code()
        if code != 0:
            raise tap.failure(code)
        return output


connector = Connector(update=update, schema=schema, configuration_form=configuration_form)
