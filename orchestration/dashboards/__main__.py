"""Write the dashboards: into the repository for review, or as the file that Superset imports.

    python -m orchestration.dashboards [FILE.zip [URI]]

Without arguments, the folder ``bi/superset/shouwang`` and the exposures are written; URI is the database to read.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from orchestration.dashboards.exposures import exposures
from orchestration.dashboards.files import DEFAULT_URI, NotOpenDataError, archive, files
from orchestration.runtime.settings import DBT_PROJECT_DIR
from sources.home import replacing

FOLDER = Path(__file__).parents[2] / "bi" / "superset" / "shouwang"
EXPOSURES = DBT_PROJECT_DIR / "models" / "marts" / "_dashboards__exposures.yml"


def main() -> None:
    """Write the folder, or the file that is named. Ends with a message if the database may not be read."""
    if not sys.argv[1:]:
        _write_folder()
        return
    name, uri = [*sys.argv[1:], DEFAULT_URI][:2]
    try:
        packed = archive(files(uri))
    except NotOpenDataError as refused:
        sys.exit(str(refused))
    with replacing(Path(name).resolve(), lambda file: file.chmod(0o644)) as temporary:
        temporary.write_bytes(packed)
    sys.stdout.write(f"{name} 已写好。导入:superset import-dashboards -p {name} -u admin\n")


def _write_folder() -> None:
    made = files()
    shutil.rmtree(FOLDER, ignore_errors=True)
    for path, text in made.items():
        file = FOLDER / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    EXPOSURES.write_text(exposures(), encoding="utf-8")


if __name__ == "__main__":
    main()
