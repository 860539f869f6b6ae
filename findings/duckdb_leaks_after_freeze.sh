#!/bin/sh
# A program that has called gc.freeze() ends with a report of leaked objects, if it has imported DuckDB.
#
# gc.freeze() is Python's advice for programs that fork or hold much: what is loaded is set aside from collections. The
# last collection of the interpreter passes over it as well, so the types of DuckDB's module are not freed, and nanobind
# reports each on stderr, with exit code 0. The program has done nothing with DuckDB but importing it. Calling
# gc.unfreeze() at exit helps.
#
# Seen with duckdb 2.0.0 on Python 3.11:
#   frozen: nanobind: leaked 27 instances!
#   given back at exit: nothing
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet duckdb==2.0.0
said() {
    "$folder/venv/bin/python" -c "$1" 2>&1 | grep "^nanobind: leaked .* instances" || echo nothing
}
frozen=$(said "import gc, duckdb; gc.freeze()")
given_back=$(said "import atexit, gc, duckdb; gc.freeze(); atexit.register(gc.unfreeze)")
echo "frozen: $frozen"
echo "given back at exit: $given_back"
test "$frozen" != nothing
test "$given_back" = nothing
