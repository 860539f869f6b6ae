"""``python -m tests.oracle INBOX --secret FILE --months 2021-04 … [--compare published/marts.duckdb]``."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.oracle import chain, indicators, low_income, notices, reading, reconciliation, risk
from tests.oracle.all_marts import compute_all
from tests.oracle.compare import KEYS, compare

SUBJECTS = (reading, risk, indicators, low_income, chain, notices, reconciliation)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.oracle", description="The marts, computed a second time.")
    parser.add_argument("inbox", type=Path, nargs="?")
    parser.add_argument("--secret", type=Path, help="the file with the secret of the pseudonyms")
    parser.add_argument("--months", nargs="+", default=[], help="in the order in which they are run")
    parser.add_argument("--compare", type=Path, help="a published marts.duckdb")
    parser.add_argument("--ambiguities", action="store_true", help="list what the semantics leave open")
    arguments = parser.parse_args()
    if arguments.ambiguities:
        print("\n".join(f"- {a}" for subject in SUBJECTS for a in subject.AMBIGUITIES))
        return 0
    if arguments.inbox is None or arguments.secret is None or not arguments.months:
        parser.error("INBOX, --secret and --months are needed")
    secret = arguments.secret.read_text("utf-8").strip()
    marts = compute_all(arguments.inbox, secret, arguments.months)
    for mart in KEYS:
        print(f"{mart}: {len(marts.get(mart, []))} rows")
    if arguments.compare is None:
        return 0
    differences = compare(marts, arguments.compare, arguments.months)
    for difference in differences:
        print(difference)
    print(f"{len(differences)} kinds of difference" if differences else "no difference")
    return 1 if differences else 0


if __name__ == "__main__":
    raise SystemExit(main())
