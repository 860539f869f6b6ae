"""Errors that people can do something about.

Belongs here: their common root. Does not belong here: each of them (beside what raises it).
"""

from __future__ import annotations


class ShouwangError(RuntimeError):
    """Something that is expected to go wrong now and then; its text is Chinese, whole and without identities."""
