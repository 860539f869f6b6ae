"""Run a module as ``python -m`` does, in a process that ends with the one that started it."""

from __future__ import annotations

import runpy
import sys

from orchestration.dbt.process import end_with_parent


def main() -> None:
    """Run the module that the first argument names, with the other arguments."""
    end_with_parent()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
