"""Tell the accounts of this machine apart by their connections."""

from __future__ import annotations

import struct
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from starlette.types import Scope

ESTABLISHED = "01"
"""State of an open connection in the kernel's table; one that its program left has no owner."""


def peer(scope: Scope) -> str | None:
    """Name the other end of a connection: its address, and on this machine the account; None if that is unknown.

    The kernel's table of connections (``/proc/net/tcp``, proc(5)) has the owner of every socket of this machine.
    Without that table the address has to do.
    """
    if not scope["client"]:
        return None
    address = _address(scope["client"][0])
    table = Path(f"/proc/net/tcp{'6' if address.version == 6 else ''}")
    if not address.is_loopback or not table.exists():
        return str(address)
    connection = [_end(*scope["client"]), _end(*scope["server"]), ESTABLISHED]
    for line in table.read_text(encoding="ascii").splitlines():
        fields = line.split()
        if fields[1:4] == connection:
            return f"{address} uid {fields[7]}"
    return None


def _address(host: str) -> IPv4Address | IPv6Address:
    address = ip_address(host)
    return getattr(address, "ipv4_mapped", None) or address


def _end(host: str, port: int) -> str:
    """Write an address as the table does: words of 32 bits in the machine's own byte order, then the port."""
    packed = _address(host).packed
    words = struct.unpack(f"={len(packed) // 4}I", packed)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"
