"""Define the error of a backup that cannot be made, read or trusted."""

from __future__ import annotations

from orchestration.runtime.errors import ShouwangError


class BackupError(ShouwangError):
    """A backup cannot be made or restored; the message is Chinese and names the file or the folder."""
