"""The same streams with singer-python: requests, its Transformer and write_record.

Arguments: URL, catalog file, streams.
"""

import json
import os
import resource
import sys

import requests
import singer
from singer import Transformer, metadata

url, catalog_file, names = sys.argv[1:4]
with open(catalog_file) as file:
    catalog = {entry["tap_stream_id"]: entry for entry in json.load(file)["streams"]}

session = requests.Session()
session.headers["authorization"] = 'Token token="simulated-token", name="simulator"'

for name in names.split(","):
    entry = catalog[name]
    schema, mdata = entry["schema"], metadata.to_map(entry["metadata"])
    singer.write_schema(name, schema, entry["key_properties"])
    query = {}
    while True:
        body = session.get(f"{url}/open/v1/{name}", params=query).json()
        with Transformer() as transformer:
            for row in body[name]:
                singer.write_record(name, transformer.transform(row, schema, mdata))
        singer.write_state({"bookmarks": {name: {"next_batch": body.get("next_batch")}}})
        if not body.get("next_batch"):
            break
        query = {"next_batch": body["next_batch"]}

usage = resource.getrusage(resource.RUSAGE_SELF)
with open(os.environ["BENCH_USAGE"], "w") as file:
    json.dump({"cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024}, file)
