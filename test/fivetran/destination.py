"""A substitute for Fivetran: calls the connector over the SDK's gRPC service, writes to DuckDB.

It is strict: rows count from the next checkpoint on; a failed sync loses those after its last one.
As at Fivetran, a deleted row stays, and its column `_fivetran_deleted` is true; an upsert of the
row sets it to false. A delete of a row that is not there does nothing.
"""

import json
import socket
import subprocess
import sys
from datetime import timezone
from pathlib import Path

import duckdb
import grpc
from fivetran_connector_sdk.protos import common_pb2, connector_sdk_pb2, connector_sdk_pb2_grpc

HERE = Path(__file__).resolve().parent
SQL = {
    "LONG": "BIGINT",
    "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN",
    "NAIVE_DATE": "DATE",
    "UTC_DATETIME": "TIMESTAMPTZ",
    "STRING": "VARCHAR",
}


class SyncFailed(Exception):
    pass


class Sync:
    """What one sync did."""

    def __init__(self):
        self.upserts = 0
        self.deletes = 0
        self.warnings = []
        self.states = []
        self.log = ""


class Connection:
    """A connection at Fivetran: a packaged connector, its configuration, state and warehouse."""

    def __init__(self, package, folder, configuration):
        self.package = package
        self.folder = folder
        self.configuration = configuration
        self.state = {}
        self.tables = {}
        self.server = None
        self.db = duckdb.connect(str(folder / "warehouse.db"))
        self.db.execute("SET TimeZone = 'UTC'")

    def close(self):
        self.db.close()

    def sync(self, on_row=lambda count: None):
        """Declares the tables and runs an update to its end. Raises SyncFailed if that fails."""
        sync = Sync()
        with Server(self) as service:
            try:
                for table in service.Schema(self._request("Schema")).without_schema.tables:
                    self._declare(table)
                self._update(service, sync, on_row)
            except grpc.RpcError as error:
                raise SyncFailed(error.details()) from None
            finally:
                sync.log = service.log()
        return sync

    def schema(self):
        with Server(self) as service:
            return service.Schema(self._request("Schema")).without_schema.tables

    def form(self):
        with Server(self) as service:
            return service.ConfigurationForm(common_pb2.ConfigurationFormRequest())

    def test(self, name):
        with Server(self) as service:
            return service.Test(common_pb2.TestRequest(name=name, configuration=self.configuration))

    def rows(self, table, deleted=False):
        """The rows of a table that exist, or the deleted ones, by their key."""
        keys, types = self.tables[table]
        cursor = self.db.execute(f'SELECT {", ".join(quoted(types))} FROM {table} WHERE _fivetran_deleted = ?', [deleted])
        found = [dict(zip(types, values)) for values in cursor.fetchall()]
        return {tuple(row[key] for key in keys): row for row in found}

    def _request(self, kind, **more):
        return getattr(connector_sdk_pb2, f"{kind}Request")(configuration=self.configuration, **more)

    def _declare(self, table):
        types = {column.name: common_pb2.DataType.Name(column.type) for column in table.columns}
        keys = [column.name for column in table.columns if column.primary_key]
        self.tables[table.name] = (keys, types)
        assert keys and set(keys) <= set(types)
        columns = [f'"{name}" {SQL[kind]}' for name, kind in types.items()] + ["_fivetran_deleted BOOLEAN NOT NULL"]
        self.db.execute(f"CREATE TABLE IF NOT EXISTS {table.name} ({', '.join(columns)}, PRIMARY KEY ({', '.join(quoted(keys))}))")

    def _update(self, service, sync, on_row):
        waiting = {}
        for response in service.Update(self._request("Update", state_json=json.dumps(self.state))):
            operation = response.WhichOneof("operation")
            if operation == "structured_records":
                for record in response.structured_records.structured_records:
                    self._take(record, waiting.setdefault(record.table_name, {}), sync)
                    on_row(sync.upserts)
            elif operation == "checkpoint":
                self._write(waiting)
                self.state = json.loads(response.checkpoint.state_json)
                sync.states.append(self.state)
                waiting = {}
            elif operation == "warning":
                sync.warnings.append(json.loads(response.warning.message)["message"])
            else:
                raise AssertionError(f"unexpected operation {operation}")
        self._write(waiting)

    def _take(self, record, rows, sync):
        """Adds a record to the rows that wait, by key: the newest values, and whether deleted."""
        values = {name: decoded(value) for name, value in record.data.items()}
        keys, types = self.tables[record.table_name]
        key = tuple(values[name] for name in keys)
        if record.type == common_pb2.RecordType.DELETE:
            assert values.keys() == set(keys), "a delete has the key and nothing else"
            last, _ = rows.get(key, (None, False))
            rows[key] = (last, True)
            sync.deletes += 1
        else:
            assert record.type == common_pb2.RecordType.UPSERT
            assert values.keys() == types.keys(), "rows come whole"
            rows[key] = (values, False)
            sync.upserts += 1

    def _write(self, waiting):
        for table, rows in waiting.items():
            keys, _ = self.tables[table]
            self._upsert(table, [values | {"_fivetran_deleted": deleted} for values, deleted in rows.values() if values])
            where = " AND ".join(f"{name} = ?" for name in quoted(keys))
            for key, (_, deleted) in rows.items():
                if deleted:
                    self.db.execute(f"UPDATE {table} SET _fivetran_deleted = true WHERE {where}", key)

    def _upsert(self, table, rows):
        if not rows:
            return
        _, types = self.tables[table]
        file = self.folder / "rows.json"
        file.write_text("".join(f"{json.dumps(row, default=str)}\n" for row in rows), "utf-8")
        kinds = types | {"_fivetran_deleted": "BOOLEAN"}
        columns = ", ".join(f"'{name}': '{SQL[kind]}'" for name, kind in kinds.items())
        self.db.execute(
            f"INSERT OR REPLACE INTO {table} BY NAME "
            f"SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{{columns}}})"
        )


class Server:
    """The connector's process, and the way to its service."""

    def __init__(self, connection):
        self._package = connection.package
        self._log = connection.folder / "connector.log"
        self._connection = connection

    def __enter__(self):
        port = free_port()
        with open(self._log, "w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-u", str(HERE / "serve.py"), str(self._package), str(port)],
                cwd=self._package,
                stdout=log,
                stderr=log,
            )
        self._connection.server = self._process.pid
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        grpc.channel_ready_future(self._channel).result(30)
        stub = connector_sdk_pb2_grpc.SourceConnectorStub(self._channel)
        stub.log = lambda: self._log.read_text("utf-8")
        return stub

    def __exit__(self, *_):
        self._channel.close()
        self._process.terminate()
        self._process.wait(10)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quoted(names):
    return [f'"{name}"' for name in names]


def decoded(value):
    kind = value.WhichOneof("inner")
    if kind == "null":
        return None
    if kind == "naive_date":
        return value.naive_date.ToDatetime().date()
    if kind == "utc_datetime":
        return value.utc_datetime.ToDatetime(timezone.utc)
    return getattr(value, kind)


def taps(server):
    """The processes of the tap that a connector's process has started, on Linux."""
    started = [child for task in Path(f"/proc/{server}/task").iterdir() for child in (task / "children").read_text().split()]
    return [int(pid) for pid in started if b"tap.mjs" in Path(f"/proc/{pid}/cmdline").read_bytes()]
