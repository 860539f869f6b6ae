"""Folders and files of the repository that tests read."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DBT_PROJECT = ROOT / "dbt_project"
SEEDS = DBT_PROJECT / "seeds"
ODD_FOLDER = "a [b]'c #1 100% 数据"
"""A name with signs that mean something to patterns, SQL and URLs; homes in it must work like any other."""
