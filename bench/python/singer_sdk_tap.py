"""The same streams with a minimal tap on singer-sdk: RESTStream and its paginator.

Arguments: URL, catalog file, streams.
"""

import json
import os
import resource
import sys

from singer_sdk import Tap
from singer_sdk.pagination import JSONPathPaginator
from singer_sdk.streams import RESTStream

url, catalog_file, names = sys.argv[1:4]
with open(catalog_file) as file:
    catalog = {entry["tap_stream_id"]: entry for entry in json.load(file)["streams"]}


class BoltStream(RESTStream):
    url_base = f"{url}/open/v1"

    @property
    def http_headers(self):
        return {"authorization": 'Token token="simulated-token", name="simulator"'}

    def get_new_paginator(self):
        return JSONPathPaginator("$.next_batch")

    def get_url_params(self, context, next_page_token):
        return {"next_batch": next_page_token} if next_page_token else {}


def stream_class(name):
    return type(
        name,
        (BoltStream,),
        {
            "name": name,
            "path": f"/{name}",
            "records_jsonpath": f"$.{name}[*]",
            "primary_keys": catalog[name]["key_properties"],
            "schema": catalog[name]["schema"],
        },
    )


class BoltTap(Tap):
    name = "tap-bench"
    config_jsonschema = {"type": "object", "properties": {}}

    def discover_streams(self):
        return [stream_class(name)(self) for name in names.split(",")]


BoltTap(config={}).sync_all()
sys.stdout.flush()

usage = resource.getrusage(resource.RUSAGE_SELF)
with open(os.environ["BENCH_USAGE"], "w") as file:
    json.dump({"cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}, file)
