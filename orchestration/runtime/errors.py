"""Define the common root of the errors that people can act on."""

from __future__ import annotations


class ShouwangError(RuntimeError):
    """An expected error; its message is Chinese, may be shown in full and contains no identities."""
