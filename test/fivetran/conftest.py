import os
from pathlib import Path

import pytest

from destination import Connection
from simulator import Simulator


@pytest.fixture(scope="session")
def package():
    """The folder that `npm run package:fivetran` made."""
    return Path(os.environ["FIVETRAN_PACKAGE"])


@pytest.fixture
def simulator():
    simulator = Simulator("--rows", "120", "--calls-per-hour", "1000000")
    yield simulator
    simulator.close()


@pytest.fixture
def connection(package, simulator, tmp_path):
    connection = Connection(package, tmp_path, simulator.configuration)
    yield connection
    connection.close()
