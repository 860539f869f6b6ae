#!/bin/sh
# dbt-spark loads the empty cells of a seed as the text None, with the method session: it puts its own quotes around
# each value, and None is one. dbt-duckdb, for one, loads them as null.
#
# Seen with dbt-spark 1.11.0, pyspark 4.3.0 and Java 17:
#   rows of the seed: [('a', 'x'), ('b', 'None')]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "dbt-spark[session]==1.11.0" "dbt-core==1.11.16" pyspark==4.3.0 setuptools
mkdir -p "$folder/project/seeds"
cd "$folder/project"
printf 'name: probe\nprofile: probe\n' > dbt_project.yml
printf 'probe:\n  target: spark\n  outputs:\n    spark: {type: spark, method: session, host: none, schema: probe}\n' > profiles.yml
printf 'code,note\na,x\nb,\n' > seeds/words.csv
DBT_SEND_ANONYMOUS_USAGE_STATS=false "$folder/venv/bin/dbt" --quiet seed --profiles-dir . > "$folder/log" 2>&1 || {
	cat "$folder/log"
	exit 1
}
"$folder/venv/bin/python" - <<'PYTHON' 2> "$folder/log"
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").enableHiveSupport().getOrCreate()
rows = sorted(tuple(row) for row in spark.sql("select code, note from probe.words").collect())
print(f"rows of the seed: {rows}")
sys.exit(0 if rows == [("a", "x"), ("b", "None")] else 1)
PYTHON
