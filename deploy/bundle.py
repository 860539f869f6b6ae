"""Build the bundle that installs Shouwang on a machine without any network: ``make bundle``.

Belongs here: which packages a server needs, their wheels, the files beside them. Does not belong here: installing
(``install.sh``).

The lock also pins what development needs. A server gets what the project needs with all kinds of locations and
storages. Packages are downloaded by the lock's hashes; those without a wheel are built here. The bundle then has hashes
of its own wheels, and names no index.
"""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "shouwang"
DEVELOPMENT = "dev"
BESIDE = ("README.md", "LICENSE", "CHANGELOG.md", "docs")


def main() -> None:
    """Build ``dist/shouwang-<version>-<python>-<machine>``; the first argument is another folder than ``dist``.

    Prints the path of the bundle.
    """
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    name = f"{PROJECT}-{version(PROJECT)}-{python}-{platform.machine()}"
    place = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").absolute()
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        bundle = Path(folder) / name
        wheels = bundle / "wheels"
        wheels.mkdir(parents=True)
        fetch(wheels, locked((ROOT / "requirements.lock").read_text(encoding="utf-8"), needed(PROJECT)))
        build_project(wheels)
        (bundle / "requirements.txt").write_text(pinned(wheels), encoding="utf-8")
        for file, text in {
            "version": version(PROJECT),
            "python-version": python,
            "platform": f"{platform.system()} {platform.machine()}",
        }.items():
            (bundle / file).write_text(f"{text}\n", encoding="utf-8")
        shutil.copytree(ROOT / "deploy", bundle / "deploy", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        (bundle / "deploy" / "install.sh").rename(bundle / "install.sh")
        for beside in BESIDE:
            copy = shutil.copytree if (ROOT / beside).is_dir() else shutil.copy
            copy(ROOT / beside, bundle / beside)
        (bundle / "SHA256SUMS").write_text(sums(bundle), encoding="utf-8")
        shutil.rmtree(place / name, ignore_errors=True)
        bundle.rename(place / name)
    print(place / name)


def needed(project: str) -> set[str]:
    """Return the names of the packages that the installed project needs, with all extras but ``dev``, in any depth."""
    extras = set(distribution(project).metadata.get_all("Provides-Extra") or ()) - {DEVELOPMENT}
    found: dict[str, set[str]] = {}
    waiting = [(project, frozenset(extras))]
    while waiting:
        name, wanted = waiting.pop()
        known = found.setdefault(name, set())
        if known and wanted <= known:
            continue
        known |= wanted | {""}
        requirements = map(Requirement, distribution(name).requires or ())
        applying = (r for r in requirements if any(_applies(r, extra) for extra in known))
        waiting += ((canonicalize_name(r.name), frozenset(r.extras)) for r in applying)
    return set(found) - {project}


def _applies(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def locked(lock: str, names: set[str]) -> str:
    """Return the entries of a lock that pin the names. Raises ValueError if one is not pinned.

    A name has several entries, with markers, if Pythons need different versions.
    """
    entries = [(canonicalize_name(re.split(r"[=\[ ]", e, maxsplit=1)[0]), e) for e in _entries(lock)]
    if missing := names - {name for name, _ in entries}:
        raise ValueError(f"not in requirements.lock: {', '.join(sorted(missing))}; make lock writes it again")
    return "".join(entry for name, entry in entries if name in names)


def _entries(lock: str) -> Iterator[str]:
    """Yield the entries of a lock: a line that begins with a name, and the indented ones after it."""
    return (entry[0] for entry in re.finditer(r"^[A-Za-z0-9].*\n(?:[ \t].*\n)*", lock, re.MULTILINE))


def fetch(wheels: Path, requirements: str) -> None:
    """Download the wheels of the requirements, and build those that have none; all are compared with the hashes."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write(requirements)
        file.flush()
        _run("pip", "wheel", "--quiet", "--no-deps", "--require-hashes", "--wheel-dir", wheels, "-r", file.name)


def build_project(wheels: Path) -> None:
    """Build the wheel of the checkout by way of its source distribution: what earlier builds left does not get in."""
    with tempfile.TemporaryDirectory() as folder:
        _run("build", "--no-isolation", "--outdir", folder, ROOT)
        (wheel,) = Path(folder).glob("*.whl")
        shutil.copy(wheel, wheels)


def _run(module: str, *arguments: object) -> None:
    done = subprocess.run(  # noqa: S603 - our own Python
        [sys.executable, "-m", module, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{module} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def pinned(wheels: Path) -> str:
    """Return requirements that name every wheel of a folder, with its hash."""
    lines = []
    for wheel in sorted(wheels.glob("*.whl")):
        name, number, *_ = parse_wheel_filename(wheel.name)
        lines.append(f"{name}=={number} --hash=sha256:{_digest(wheel)}\n")
    return "".join(lines)


def sums(folder: Path) -> str:
    """Return the SHA-256 of every file of a folder, as ``sha256sum --check`` reads it."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return "".join(f"{_digest(file)}  {file.relative_to(folder)}\n" for file in files)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


if __name__ == "__main__":
    main()
