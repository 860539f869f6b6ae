#!/bin/sh
# While one thread imports sqlalchemy.orm, sqlalchemy.inspect() raises AttributeError in the others.
#
# The module sqlalchemy.orm.base registers an inspection of every object when it is imported. The function looks up
# sqlalchemy.orm.exc.UnmappedClassError, which is defined some modules later. SQLAlchemy's core inspects the parameters
# of a query (sqlalchemy.inspect(value, raiseerr=False)), so that a query may fail in a program that uses the core alone
# if another thread just imports a library that uses the ORM. Importing sqlalchemy.orm before the thread starts helps.
#
# Seen with SQLAlchemy 2.1.9 on Python 3.11:
#   AttributeError: partially initialized module 'sqlalchemy.orm.exc' has no attribute 'UnmappedClassError' ...
#   after importing sqlalchemy.orm first: no error
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet SQLAlchemy==2.1.9
cat > "$folder/race.py" <<'PYTHON'
import importlib
import sys
import threading

import sqlalchemy

if sys.argv[1] == "before":
    importlib.import_module("sqlalchemy.orm")
sys.setswitchinterval(1e-6)
thread = threading.Thread(target=importlib.import_module, args=["sqlalchemy.ext.declarative"])
thread.start()
errors = set()
while thread.is_alive():
    try:
        sqlalchemy.inspect(1, raiseerr=False)
    except AttributeError as error:
        errors.add(str(error))
print(f"sqlalchemy.orm imported {sys.argv[1]}:", errors or "no error")
sys.exit(bool(errors) != (sys.argv[1] == "meanwhile"))
PYTHON
"$folder/venv/bin/python" "$folder/race.py" meanwhile
"$folder/venv/bin/python" "$folder/race.py" before
