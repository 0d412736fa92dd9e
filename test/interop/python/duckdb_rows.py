"""Prints what a query of a DuckDB file gives, a row a line as JSON: duckdb_rows.py FILE QUERY."""

import json
import sys

import duckdb

file, query = sys.argv[1:]
found = duckdb.connect(file, read_only=True).execute(query)
names = [column[0] for column in found.description]
for row in found.fetchall():
    print(json.dumps(dict(zip(names, row)), default=lambda value: value.isoformat()))
