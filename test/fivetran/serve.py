"""Serves a packaged connector over gRPC, as Fivetran's machines do: `serve.py FOLDER PORT`."""

import sys

folder, port = sys.argv[1:]
sys.path.insert(0, folder)

from connector import connector
from fivetran_connector_sdk_common import constants

# Makes the SDK listen on this machine alone, and write its log as lines of text.
constants.DEBUGGING = True
connector.run(port=int(port), log_level=1).wait_for_termination()
