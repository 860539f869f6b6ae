"""Certificates of the test servers, each issued by an authority that only the test trusts.

Besides the good one: one for another host, one that has expired, and one of an authority that nobody knows.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import trustme

Kind = Literal["good", "wrong host", "expired", "untrusted"]


@dataclass(frozen=True)
class Certificates:
    """An authority and the folder where its files are."""

    authority: trustme.CA
    folder: Path

    @classmethod
    def in_folder(cls, folder: Path) -> Certificates:
        """Make an authority; its certificate is `ca_file`."""
        made = cls(trustme.CA(), folder)
        made.authority.cert_pem.write_to_path(str(made.ca_file))
        return made

    @property
    def ca_file(self) -> Path:
        """What clients are to trust."""
        return self.folder / "ca.pem"

    def issue(self, kind: Kind = "good") -> Path:
        """Key and chain in one file for a server on 127.0.0.1 and localhost; every call makes a new key."""
        authority = trustme.CA() if kind == "untrusted" else self.authority
        hosts = ["elsewhere.test"] if kind == "wrong host" else ["127.0.0.1", "localhost"]
        now = dt.datetime.now(dt.UTC)
        past = {"not_before": now - dt.timedelta(days=400), "not_after": now - dt.timedelta(days=1)}
        issued = authority.issue_cert(*hosts, **(past if kind == "expired" else {}))
        path = self.folder / f"{kind.replace(' ', '_')}.pem"
        issued.private_key_and_cert_chain_pem.write_to_path(str(path))
        return path
