#!/bin/sh
# With pyspark installed, a child process that imports Great Expectations ends at once, with exit code 0.
#
# Great Expectations tries to import pyspark.sql.connect, and goes on without it if that raises ImportError. PySpark
# takes a main module that has neither __spec__ nor __file__ for a doctest: if a package of Spark Connect is missing, it
# calls sys.exit(0) instead of raising. Such a main module has "python -c", and so has every child of multiprocessing
# with the method spawn. So a service that starts its work in such children does nothing and reports success. With
# googleapis-common-protos, grpcio-status and zstandard (pyspark[connect]) installed beside, the import works.
#
# Seen with pyspark 4.3.0 and great-expectations 1.24.1 on Python 3.11:
#   python -c: exit code 0, "Skipping doctests: ...", nothing after the import ran
#   the same as a file: the import works
#   python -c with the packages of Spark Connect: the import works
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyspark==4.3.0 great-expectations==1.24.1 pandas==3.1.1 pyarrow grpcio
cat > "$folder/import.py" <<'PYTHON'
import great_expectations.compatibility.pyspark

print("after the import")
PYTHON
python="$folder/venv/bin/python -W ignore"
as_text=$($python -c "$(cat "$folder/import.py")" 2>"$folder/said") && echo "python -c: exit code 0, printed: '$as_text'"
cat "$folder/said"
as_file=$($python "$folder/import.py")
echo "as a file: printed '$as_file'"
"$folder/venv/bin/pip" install --quiet googleapis-common-protos grpcio-status zstandard
connected=$($python -c "$(cat "$folder/import.py")")
echo "python -c with the packages of Spark Connect: printed '$connected'"
test "$as_text" = "" && grep -q "Skipping doctests" "$folder/said"
test "$as_file" = "after the import" && test "$connected" = "after the import"
