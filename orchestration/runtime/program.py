"""Digest the program that reads and judges the departments' files.

Belongs here: one function. Does not belong here: the version that people see (the package's).

Two programs of one version may differ while they are developed, and a library may be updated without the program.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import requires, version
from pathlib import Path

from packaging.requirements import Requirement

import expectations
import sources


@cache
def digest() -> str:
    """Digest every file of the packages ``sources`` and ``expectations``, and the versions of what they import."""
    found = hashlib.sha256(repr((sys.version, _libraries())).encode())
    for package in (sources, expectations):
        root = Path(str(package.__file__)).parent
        for path in sorted(p for p in root.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
            found.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def _libraries() -> list[tuple[str, str]]:
    """List the packages that this one requires, with their versions."""
    required = map(Requirement, requires("shouwang") or ())
    return sorted((r.name, version(r.name)) for r in required if not r.marker or r.marker.evaluate({"extra": ""}))
