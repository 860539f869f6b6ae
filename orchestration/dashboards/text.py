"""Write YAML for people and git: Chinese as it is, keys in their order, nothing by reference."""

from __future__ import annotations

from typing import Any

import yaml


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def text_of(document: Any) -> str:
    """Return a document as YAML."""
    return yaml.dump(document, Dumper=_Plain, allow_unicode=True, sort_keys=False, width=110)
