"""Define what the settings say about a channel of alerts: where its address is kept, and what it is for.

Belongs here: the fields of ``[alerts.<name>]``. Does not belong here: the kinds of addresses and sending
(``automation.alerts``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from sources.contracts.model import load_contracts
from sources.landing.transport.location import below_home, secret_of

Kind = Literal["failed_run", "delivery", "county", "late", "outdated", "not_copied", "silent_daemon", "full_disk"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class AlertChannel(BaseModel):
    """A channel of alerts; its address holds a secret, so that the settings only name where the address is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    address_file: Path | None = None
    """File with the address, which its owner alone may read."""
    address_env: str | None = None
    """Environment variable with the address."""
    kinds: tuple[Kind, ...] = KINDS
    """Kinds of alerts that the channel gets."""
    departments: tuple[str, ...] = ()
    """Departments whose alerts the channel gets; empty: all, and those that concern no department."""
    ca_file: Path | None = None
    """Authority of a robot's server with a certificate of its own."""
    plain: bool = False
    """Whether the address may be without encryption beyond this machine."""

    _below_home = field_validator("address_file", "ca_file")(below_home)

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        if (self.address_file is None) == (self.address_env is None):
            raise ValueError("地址含有口令,不写在这里:用 address_file 指明文件,或用 address_env 指明环境变量(二选一)")
        return self

    @field_validator("departments")
    @classmethod
    def _known_departments(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in names if name not in load_contracts()]:
            raise ValueError(f"没有部门 {'、'.join(unknown)};可用:{'、'.join(load_contracts())}")
        return names

    def gets(self, kind: str, department: str | None) -> bool:
        """Check whether the channel gets alerts of this kind about this department, or about none."""
        return kind in self.kinds and (not self.departments or department in self.departments)

    def address(self) -> str:
        """Return the secret address. Raises TransportError if it cannot be read."""
        return (secret_of(self.address_file, self.address_env) or "").strip()
