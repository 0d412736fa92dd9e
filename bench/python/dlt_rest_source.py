"""Loads streams with dlt's REST source into a DuckDB file.

Arguments: URL, the DuckDB file, a folder for dlt, and the streams, separated by commas.
"""

import sys

import dlt
from dlt.sources.rest_api import rest_api_source

url, file, folder, streams = sys.argv[1:5]

source = rest_api_source(
    {
        "client": {
            "base_url": f"{url}/open/v1/",
            "headers": {"authorization": 'Token token="simulated-token", name="simulator"'},
            "paginator": {
                "type": "cursor",
                "cursor_path": "next_batch",
                "cursor_param": "next_batch",
            },
        },
        "resource_defaults": {"primary_key": "id", "write_disposition": "merge"},
        "resources": [
            {"name": stream, "endpoint": {"path": stream, "data_selector": stream}}
            for stream in streams.split(",")
        ],
    }
)
# Lists in a row stay in their column, as in the tap's tables.
source.max_table_nesting = 0
pipeline = dlt.pipeline(
    "bolt_bench",
    pipelines_dir=folder,
    destination=dlt.destinations.duckdb(file),
    dataset_name="lists",
)
pipeline.run(source)
