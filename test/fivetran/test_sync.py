"""Whole syncs: the packaged connector and the real SDK, from the simulated API into DuckDB."""

import os
import select
import signal

import expected
import pytest
from destination import SyncFailed, taps


# The tables that a feed keeps: they lose what the source lost.
KEPT = ("jobs", "work_orders", "schedules", "work_order_statuses")


def compare(connection, simulator, gone=False):
    """Compares every cell of the warehouse with the source. Returns its number of rows.

    `gone`: lists of the source may have lost rows. Lists without a feed do not report that, so the
    rows stay.
    """
    count = 0
    for table, (keys, types) in connection.tables.items():
        if table == "rejected_records":
            continue
        there = connection.rows(table)
        wanted = expected.rows(table, source(simulator, table), types, keys)
        if gone and table not in KEPT and not table.endswith("_events"):
            there = {key: row for key, row in there.items() if key in wanted}
        assert there == wanted, table
        count += len(there)
    assert connection.rows("rejected_records") == {}
    return count


def source(simulator, table):
    """The raw rows of a table at the source."""
    if table == "work_order_statuses":
        return expected.statuses(simulator.rows("work_order_status_events"))
    return simulator.rows(table)


def total(calls):
    return sum(sum(by_status.values()) for by_status in calls.values())


def test_full_then_incremental_then_after_changes(connection, simulator):
    first = connection.sync()
    rows = compare(connection, simulator)
    assert rows > 1500
    # A status comes once for each of its events.
    repeated = len(simulator.rows("work_order_status_events")) - len(connection.rows("work_order_statuses"))
    assert 0 < repeated
    assert rows <= first.upserts <= rows + repeated
    assert first.warnings == []
    assert 20 <= len(first.states) <= 23, "one at the end of each stream"

    second = connection.sync()
    # A list without a refresh token comes whole each time.
    assert second.upserts == len(connection.rows("job_type_configuration"))
    assert compare(connection, simulator) == rows

    simulator.control("evolve", changes=60)
    third = connection.sync()
    assert 60 < third.upserts < rows / 2
    assert compare(connection, simulator, gone=True) > rows


def test_deleted_restored_and_changed_jobs(connection, simulator):
    connection.configuration["streams"] = "jobs,work_orders,schedules,work_order_statuses,job_events,work_order_events,work_order_status_events"
    connection.sync()
    deleted, restored, changed, *_ = [row["id"] for row in simulator.rows("jobs")]
    query = f"SELECT id, notes, _fivetran_deleted FROM jobs WHERE id IN ({deleted}, {restored}, {changed}) ORDER BY id"

    def jobs():
        return {id: (notes, is_deleted) for id, notes, is_deleted in connection.db.execute(query).fetchall()}

    before = jobs()
    simulator.control("remove", stream="jobs", id=deleted)
    simulator.control("remove", stream="jobs", id=restored)
    simulator.control("change", stream="jobs", id=changed, fields={"notes": "changed"})
    assert connection.sync().deletes == 2
    gone = {id: (before[id][0], True) for id in (deleted, restored)}
    assert jobs() == gone | {changed: ("changed", False)}
    compare(connection, simulator)

    simulator.control("restore", stream="jobs", id=restored, fields={"notes": "restored"})
    assert connection.sync().deletes == 0
    assert jobs() == {deleted: gone[deleted], restored: ("restored", False), changed: ("changed", False)}
    compare(connection, simulator)
    assert "deleted_at" not in connection.tables["jobs"][1]

    calls = simulator.calls()
    assert connection.sync().upserts == 0
    assert jobs()[deleted] == gone[deleted], "a run without changes brings nothing back"
    assert total(simulator.calls()) - total(calls) == 6, "README.md says so"


def test_a_deleted_work_order_takes_its_schedule_and_its_statuses_along(connection, simulator):
    connection.sync()
    schedules = {row["id"] for row in simulator.rows("schedules")}
    status = next(row for row in simulator.rows("work_order_statuses") if row["work_order_id"] in schedules)
    id = status["work_order_id"]
    simulator.control("remove", stream="work_orders", id=id)
    connection.sync()
    for table, key in (("work_orders", id), ("schedules", id), ("work_order_statuses", status["id"])):
        assert (key,) in connection.rows(table, deleted=True), table
    compare(connection, simulator)

    simulator.control("restore", stream="work_orders", id=id)
    connection.sync()
    compare(connection, simulator)


def test_a_full_load_deletes_nothing(connection, simulator):
    connection.configuration["streams"] = "offices,crews"
    connection.sync()
    gone = simulator.rows("offices")[0]["id"]
    simulator.control("remove", stream="offices", id=gone)
    connection.state = {}
    sync = connection.sync()
    assert sync.deletes == 0
    assert (gone,) in connection.rows("offices")


def test_malformed_rows_end_up_in_rejected_records(connection, simulator):
    simulator.control("change", stream="jobs", id=simulator.rows("jobs")[0]["id"], fields={"start_date": "01/27/2025"})
    connection.configuration["streams"] = "jobs"
    connection.sync()
    (found,) = connection.rows("rejected_records").values()
    assert (found["stream"], found["field"], found["value"]) == ("jobs", "start_date", '"01/27/2025"')


def test_two_connections_share_the_streams(connection, simulator):
    connection.configuration["streams"] = "job_events, work_order_events"
    assert connection.sync().upserts == 720
    assert set(connection.tables) == {"job_events", "work_order_events", "rejected_records"}
    assert set(simulator.calls()) == {"job_events", "work_order_events"}


def test_the_older_connectors_state_goes_on(connection, simulator):
    connection.sync()
    bookmarks = connection.state["bookmarks"]
    connection.state = {name: {"refresh_token": bookmarks[name]["refresh_token"]} for name in ("jobs", "crews")}
    connection.configuration["streams"] = "jobs,crews,offices"
    assert connection.sync().upserts == len(simulator.rows("offices"))
    assert set(connection.state["bookmarks"]) == {"jobs", "crews", "offices"}


def test_a_wrong_token_fails_the_sync(connection, simulator):
    connection.configuration["api_token"] = "wrong-token"
    with pytest.raises(SyncFailed, match=r"the API refuses the token.*check api_token") as error:
        connection.sync()
    log = (connection.folder / "connector.log").read_text()
    assert "ERROR" in log
    assert "wrong-token" not in log + str(error.value)
    assert connection.state.get("bookmarks", {}) == {}


def test_a_wrong_setting_fails_the_sync(connection):
    connection.configuration["concurrency"] = "many"
    with pytest.raises(SyncFailed, match=r"a setting or the state is wrong.*concurrency .* expected an integer"):
        connection.sync()


def test_an_unknown_setting_is_warned_of_and_a_blank_one_is_none(connection):
    connection.configuration |= {"strems": "jobs", "user_agent": "  ", "streams": "offices"}
    log = connection.sync().log
    assert "WARNING  ⚡ connector TAP_BOLT_ECI_STREMS: unknown setting" in log
    assert "user_agent" not in log


def test_settings_of_the_machine_do_not_slip_in(connection, monkeypatch):
    monkeypatch.setenv("TAP_BOLT_ECI_CONCURRENCY", "many")
    connection.configuration["streams"] = "offices"
    assert connection.sync().upserts == 3


def test_where_some_streams_fail_the_others_stand(connection, simulator):
    for stream in ("jobs", "crews"):
        simulator.control("fault", kind="status", status=500, stream=stream, times=None)
    sync = connection.sync()
    (warning,) = sync.warnings
    assert warning.startswith("2 of 22 streams failed")
    assert "jobs: " in warning and "crews: " in warning
    assert "ERROR" in sync.log
    assert connection.rows("jobs") == {}
    assert len(connection.rows("work_orders")) == 120

    simulator.control("clear")
    assert connection.sync().warnings == []
    compare(connection, simulator)


def test_where_all_streams_fail_the_sync_fails(connection, simulator):
    connection.configuration["streams"] = "jobs,crews"
    simulator.control("fault", kind="status", status=500, times=None)
    with pytest.raises(SyncFailed, match=r"the tap did not finish: it failed: .*crews: .*jobs: "):
        connection.sync()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_tap_fails_the_sync_and_the_next_goes_on(connection, simulator, how):
    simulator.control("fault", kind="slow", ms=100, times=None)

    def kill(count):
        if count == 500:
            (pid,) = taps(connection.server)
            os.kill(pid, how)

    with pytest.raises(SyncFailed, match=rf"the tap did not finish: it was (killed|stopped) by {how.name}"):
        connection.sync(kill)
    done = connection.state["bookmarks"]
    assert 0 < len(done) < 20

    simulator.control("clear")
    sync = connection.sync()
    assert compare(connection, simulator) > 1500
    assert sync.upserts < 1500, "what was done is not done again"


def test_a_killed_connector_leaves_no_tap_behind(connection, simulator):
    # The tap is left waiting for jobs: it writes nothing, so no broken pipe tells it.
    connection.configuration["streams"] = "crews,jobs"
    simulator.control("fault", kind="slow", ms=600_000, stream="jobs", times=None)
    started = []

    def kill(count):
        if count == len(simulator.rows("crews")):
            started.extend(os.pidfd_open(pid) for pid in taps(connection.server))
            os.kill(connection.server, signal.SIGKILL)

    with pytest.raises(SyncFailed):
        connection.sync(kill)
    (tap,) = started
    ended, _, _ = select.select([tap], [], [], 10)
    os.close(tap)
    assert ended == [tap]


def test_masked_columns_are_text_and_hold_hashes(connection, simulator):
    connection.configuration["mask_columns"] = '{"home_owner*": "hmac", "employees.weekly_hours": "hmac"}'
    connection.configuration["mask_key"] = "a key for the tests of masking"
    connection.sync()
    owners = {row["home_owner"] for row in connection.rows("jobs").values()} - {None}
    assert len(owners) > 5
    assert all(len(owner) == 64 for owner in owners)
    in_events = {row["job_home_owner"] for row in connection.rows("job_events").values()} - {None}
    assert owners & in_events
    hours = {row["weekly_hours"] for row in connection.rows("employees").values()} - {None}
    assert hours and all(len(one) == 64 for one in hours)
    plain = {row.get("home_owner") for row in simulator.rows("jobs")} - {None}
    assert plain and not plain & owners
