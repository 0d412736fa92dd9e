"""Streams with a minimal tap on singer-sdk: RESTStream and its paginator.

Arguments: URL, and a JSON file with the streams.
"""

import json
import os
import resource
import sys

from singer_sdk import Tap
from singer_sdk.pagination import JSONPathPaginator
from singer_sdk.streams import RESTStream

url, streams_file = sys.argv[1:3]
with open(streams_file) as file:
    streams = json.load(file)


class BoltStream(RESTStream):
    url_base = f"{url}/open/v1"

    @property
    def http_headers(self):
        return {"authorization": 'Token token="simulated-token", name="simulator"'}

    def get_new_paginator(self):
        return JSONPathPaginator("$.next_batch")

    def get_url_params(self, context, next_page_token):
        return {"next_batch": next_page_token} if next_page_token else self.params


def stream_class(stream):
    return type(
        stream["name"],
        (BoltStream,),
        {
            "name": stream["name"],
            "path": stream["path"],
            "records_jsonpath": stream["records"],
            "primary_keys": stream["keys"],
            "schema": stream["schema"],
            "params": stream["params"],
        },
    )


class BoltTap(Tap):
    name = "tap-bench"
    config_jsonschema = {"type": "object", "properties": {}}

    def discover_streams(self):
        return [stream_class(stream)(self) for stream in streams]


BoltTap(config={}).sync_all()
sys.stdout.flush()

usage = resource.getrusage(resource.RUSAGE_SELF)
with open(os.environ["BENCH_USAGE"], "w") as file:
    json.dump({"cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}, file)
