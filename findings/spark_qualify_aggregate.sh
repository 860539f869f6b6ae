#!/bin/sh
# Spark refuses an aggregate in the window of QUALIFY, although the query has a GROUP BY: it asks for one. The same window
# in the select list of the same query works.
#
# Seen with pyspark 4.3.0 and Java 17:
#   qualify: MISSING_GROUP_BY
#   select list: [('a', 2), ('b', 1)]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pyspark==4.3.0 setuptools
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON' 2> "$folder/log"
import sys

from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

spark = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
grouped = "from values ('a'), ('b'), ('b') as listed(word) group by word"
window = "row_number() over (order by count(*) desc)"
try:
    spark.sql(f"select word {grouped} qualify {window} = 1").collect()
    refused = ""
except AnalysisException as error:
    refused = error.getCondition()
rows = sorted(tuple(row) for row in spark.sql(f"select word, {window} as place {grouped}").collect())
print(f"qualify: {refused or 'works'}")
print(f"select list: {rows}")
sys.exit(0 if refused == "MISSING_GROUP_BY" and rows == [("a", 2), ("b", 1)] else 1)
PYTHON
