#!/bin/sh
# dagster-postgres installs psycopg2, and opens its storage by an address that begins with postgresql://. SQLAlchemy 2.1
# takes psycopg 3 for such an address, and 2.0 took psycopg2. pip brings the two together: the storage of a fresh
# installation cannot be opened, before any server is asked. postgresql+psycopg2:// is a way around.
#
# Seen with dagster-postgres 0.29.27, dagster 1.13.27, SQLAlchemy 2.1.9 and psycopg2-binary 2.9.13:
#   postgresql: No module named 'psycopg'
#   postgresql+psycopg2: opened
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet dagster-postgres==0.29.27 dagster==1.13.27 sqlalchemy==2.1.9 psycopg2-binary==2.9.13
"$folder/venv/bin/python" - <<'PYTHON'
import sys

from dagster_postgres import PostgresRunStorage


def opened(scheme: str) -> str:
    try:
        # No table is made, so no server is needed.
        PostgresRunStorage(f"{scheme}://someone:word@127.0.0.1:1/records", should_autocreate_tables=False)
    except ModuleNotFoundError as error:
        return str(error)
    return "opened"


found = {scheme: opened(scheme) for scheme in ("postgresql", "postgresql+psycopg2")}
for scheme, outcome in found.items():
    print(f"{scheme}: {outcome}")
sys.exit(0 if list(found.values()) == ["No module named 'psycopg'", "opened"] else 1)
PYTHON
