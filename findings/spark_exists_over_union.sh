#!/bin/sh
# Spark refuses a correlated EXISTS in a select list over a UNION ALL: its optimizer pushes the select list into the
# branches and looks up the column of the subquery among those of the union. A left join says the same and works.
#
# Seen with pyspark 4.3.0 and Java 17:
#   exists: NoSuchElementException
#   left join: [(1, True), (2, False)]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyspark==4.3.0 setuptools
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON' 2> "$folder/log"
import sys

from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
union = "(select 1 as a union all select 2 as a) as u"
other = "(select 1 as b) as other"
try:
    spark.sql(f"select a, exists (select 1 from {other} where other.b = u.a) as found from {union}").collect()
    refused = ""
except Exception as error:
    refused = next((word for word in str(error).replace(":", " ").split() if word.endswith("NoSuchElementException")), "")
joined = spark.sql(f"select a, b is not null as found from {union} left join {other} on u.a = other.b order by a")
rows = [tuple(row) for row in joined.collect()]
print(f"exists: {refused.rpartition('.')[2] or 'works'}")
print(f"left join: {rows}")
sys.exit(0 if refused and rows == [(1, True), (2, False)] else 1)
PYTHON
