"""The county's dbt project on Spark: the same months built by DuckDB and by Spark, their marts compared cell by cell.

Belongs here: running dbt with either target over one home, comparing. Does not belong here: what the marts should say
(``tests.oracle``), the cluster (``deploy/spark``).
"""
