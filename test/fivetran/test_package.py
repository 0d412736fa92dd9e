"""The upload: the SDK's rule applied to the packaged folder, and a sync from the files it keeps."""

import zipfile

from destination import Connection
from fivetran_connector_sdk_common.connector_helper import zip_folder

FILES = {"connector.py", "messages.py", "tap.py", "tap.mjs", "requirements.txt", "configuration.example.json", "README.md"}
# Fivetran's own, for the set-up form.
FORM = "configuration_form.pb"


def uploaded(package, tmp_path):
    """Unpacks what `fivetran deploy` would send, without sending it."""
    project = tmp_path / "project"
    project.mkdir()
    for file in package.iterdir():
        if file.is_file():
            (project / file.name).write_bytes(file.read_bytes())
    # What stands beside it on somebody's machine.
    (project / "configuration.json").write_text("{}")
    (project / "files").mkdir()
    (project / "files" / "warehouse.db").write_text("")
    with zipfile.ZipFile(zip_folder(str(project), extra_files={FORM: b""})) as archive:
        archive.extractall(tmp_path / "uploaded")
    return tmp_path / "uploaded"


def test_all_of_it_is_uploaded_and_no_secret(package, tmp_path):
    folder = uploaded(package, tmp_path)
    assert {str(file.relative_to(folder)) for file in folder.rglob("*")} == FILES | {FORM}


def test_what_is_uploaded_syncs(package, tmp_path, simulator):
    connection = Connection(uploaded(package, tmp_path), tmp_path, simulator.configuration | {"streams": "jobs"})
    assert connection.sync().upserts == 120


def test_the_schema_needs_neither_network_nor_token(package, tmp_path, simulator):
    connection = Connection(package, tmp_path, {"base_url": simulator.url})
    tables = {table.name: {column.name: column for column in table.columns} for table in connection.schema()}
    assert len(tables) == 23
    assert tables["jobs"]["id"].primary_key
    assert [name for name, column in tables["job_events"].items() if column.primary_key] == ["event_id"]
    assert simulator.calls() == {}


def test_the_form_asks_for_the_taps_settings(package, tmp_path):
    form = Connection(package, tmp_path, {}).form()
    fields = {field.name: field for field in form.fields}
    assert [name for name, field in fields.items() if field.required] == ["api_token"]
    secret = {name for name, field in fields.items() if field.text_field == 1}
    assert secret == {"api_token", "xsrf_token", "mask_key"}
    assert fields["calls_per_hour"].placeholder == "900"
    assert "cache_dir" not in fields


def test_the_forms_test_says_whether_a_sync_would_work(package, tmp_path, simulator):
    connection = Connection(package, tmp_path, simulator.configuration)
    (test,) = connection.form().tests
    assert connection.test(test.name).success
    connection.configuration["api_token"] = "wrong-token"
    assert "the API refuses the token" in connection.test(test.name).failure
