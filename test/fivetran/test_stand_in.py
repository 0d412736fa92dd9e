"""Broken lines and crashes, which the real tap does not produce on demand: a script replaces it."""

import shutil

import pytest
from destination import Connection, SyncFailed

LINES = {
    "schema": '{"type":"SCHEMA","stream":"jobs","schema":{"properties":{"id":{"type":"integer"}}},"key_properties":["id"]}',
    "record": '{"type":"RECORD","stream":"jobs","record":{"id":%d}}',
    "state": '{"type":"STATE","value":{"bookmarks":{"jobs":{"next_batch":"%s"}}}}',
}
DISCOVER = '{"streams":[{"stream":"jobs","key_properties":["id"],"schema":{"properties":{"id":{"type":"integer"}}}}]}'


@pytest.fixture
def run(package, tmp_path):
    """Syncs from a tap that is this JavaScript."""

    def run(script):
        folder = tmp_path / "package"
        shutil.copytree(package, folder)
        start = f"if (process.argv.includes('--discover')) {{ console.log('{DISCOVER}'); process.exit(); }}\n"
        (folder / "tap.mjs").write_text(start + script)
        connection = Connection(folder, tmp_path, {})
        try:
            return connection, connection.sync()
        except SyncFailed as error:
            return connection, str(error)

    return run


def write(*lines, end="\\n"):
    return f"process.stdout.write({chr(96)}{end.join(lines)}{end}{chr(96)});"


def test_a_broken_line_fails_the_sync_and_what_came_before_it_is_kept(run):
    before = (LINES["schema"], LINES["record"] % 1, LINES["state"] % "one", LINES["record"] % 2)
    connection, error = run(write(*before, '{"type":"RECORD","stream":"jobs","rec') + "setInterval(() => {}, 1000);")
    assert "line 5 of the tap's output (37 bytes) is not a Singer message" in error
    assert connection.state == {"bookmarks": {"jobs": {"next_batch": "one"}}}
    assert set(connection.rows("jobs")) == {(1,), (2,)}


def test_a_line_that_is_cut_off_in_a_run_that_ended_well_is_a_broken_one(run):
    _, error = run(write(LINES["schema"], '{"type":"RECORD"', end="\\n").replace("\\n`", "`"))
    assert "line 2 of the tap's output (16 bytes)" in error


def test_a_line_that_is_cut_off_by_a_failure_tells_of_the_failure(run):
    script = "process.stdout.write('{\"type\":\"RECO', () => process.kill(process.pid, 'SIGKILL')); setInterval(() => {}, 1000);"
    _, error = run(script)
    assert "it was killed by SIGKILL: it logged no error" in error


def test_a_record_without_a_schema_fails_the_sync(run):
    _, error = run(write(LINES["record"] % 1))
    assert "line 1 of the tap's output is a RECORD of jobs without a SCHEMA before it" in error


def test_a_deleted_row_is_marked_and_one_that_comes_back_is_not(run):
    schema = (
        '{"type":"SCHEMA","stream":"jobs","key_properties":["id"],"schema":{"properties":'
        '{"id":{"type":"integer"},"deleted_at":{"type":["null","string"],"format":"date-time"}}}}'
    )
    record = '{"type":"RECORD","stream":"jobs","record":{"id":%d,"deleted_at":%s}}'
    now = '"2026-11-24T06:00:00Z"'
    ids = {1: ("null",), 2: ("null", now), 3: (now, "null"), 4: ("null", now, "null"), 5: (now,)}
    connection, sync = run(write(schema, *(record % (id, at) for id, times in ids.items() for at in times)))
    assert set(connection.rows("jobs")) == {(1,), (3,), (4,)}
    assert set(connection.rows("jobs", deleted=True)) == {(2,)}, "a row that was never there is not made"
    assert sync.deletes == 4


def test_the_end_of_a_full_walk_deletes_nothing(run):
    activate = '{"type":"ACTIVATE_VERSION","stream":"jobs","version":1764000000}'
    connection, sync = run(write(LINES["schema"], LINES["record"] % 1, activate, LINES["record"] % 2))
    assert set(connection.rows("jobs")) == {(1,), (2,)}
    assert sync.deletes == 0


def test_a_failure_without_a_summary_fails_the_sync(run):
    _, error = run("console.error('Error: something in Node'); process.exitCode = 1;")
    assert "the tap did not finish: it failed: Error: something in Node" in error


def test_an_exit_code_that_nobody_knows_fails_the_sync(run):
    _, error = run("process.exitCode = 9;")
    assert "it ended with exit code 9: it logged no error" in error


@pytest.mark.parametrize(
    ("code", "outcomes", "warnings"),
    [
        (1, ("failed", "complete"), 1),
        (1, ("failed", "stopped"), 1),
        (1, ("failed", "skipped"), None),
        (1, ("failed", "failed"), None),
        (1, ("complete", "complete"), None),
        (2, ("failed", "complete"), None),
        (143, ("failed", "complete"), None),
        (0, ("complete", "complete"), 0),
    ],
)
def test_a_partial_failure_is_a_warning_and_nothing_else_is(run, code, outcomes, warnings):
    streams = ",".join(f"{{ stream: '{name}', outcome: '{outcome}', error: 'why' }}" for name, outcome in zip("ab", outcomes))
    _, result = run(f"""
        import {{ writeFileSync }} from 'node:fs';
        const file = process.argv[process.argv.indexOf('--summary') + 1];
        writeFileSync(file, JSON.stringify({{ streams: [{streams}] }}));
        process.exitCode = {code};
    """)
    assert (None if isinstance(result, str) else len(result.warnings)) == warnings


def test_the_heap_is_capped_below_the_containers_memory(run):
    script = "import v8 from 'node:v8'; const limit = v8.getHeapStatistics().heap_size_limit;"
    connection, _ = run(script + "console.log(JSON.stringify({ type: 'STATE', value: { bookmarks: {}, limit } }));")
    assert 300e6 < connection.state["limit"] < 650e6


def test_a_crash_of_node_is_told(run):
    _, error = run("process.stderr.write('FATAL ERROR: heap out of memory\\n', () => process.abort());")
    assert "it was killed by SIGABRT: FATAL ERROR: heap out of memory" in error


def test_the_state_goes_to_the_tap_in_a_file_that_is_gone_afterwards(run, tmp_path):
    script = """
        import { readFileSync } from 'node:fs';
        const file = process.argv[process.argv.indexOf('--state') + 1];
        const value = process.argv.includes('--state')
          ? { bookmarks: {}, file, had: JSON.parse(readFileSync(file)) }
          : { bookmarks: {}, first: true };
        console.log(JSON.stringify({ type: 'STATE', value }));
    """
    connection, _ = run(script)
    assert connection.state["first"]
    connection.sync()
    assert connection.state["had"]["first"]
    assert not (tmp_path / connection.state["file"]).exists()
