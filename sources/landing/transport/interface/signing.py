"""Sign requests with a shared secret: HMAC over what the settings name (docs/locations.md has the exact string).

Belongs here: the setting ``sign``, the string that is signed. Does not belong here: sending (``client``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from sources.landing.transport.location import below_home, secret_of
from sources.landing.transport.trouble import LOGIN, TransportError

Part = Literal["method", "path", "query", "timestamp", "nonce", "key", "body"]


class Signing(BaseModel):
    """How an interface wants its requests signed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    """Name of the caller, which goes along with each request."""
    secret_file: Path | None = None
    secret_env: str | None = None
    algorithm: Literal["sha256", "sm3"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    over: tuple[Part, ...] = ("method", "path", "query", "timestamp", "nonce")
    """The lines of the signed string, in their order; ``body`` is the digest of the body in hexadecimal digits."""
    joined_by: str = "\n"
    clock: Literal["ms", "s"] = "ms"
    """Unit of the timestamp, which counts from 1970 (UTC)."""
    key_header: str = "X-App-Key"
    timestamp_header: str = "X-Timestamp"
    nonce_header: str = "X-Nonce"
    signature_header: str = "X-Signature"

    _below_home = field_validator("secret_file")(below_home)

    @model_validator(mode="after")
    def _has_secret(self) -> Signing:
        if (self.secret_file is None) == (self.secret_env is None):
            raise ValueError("签名要有密钥:请写 secret_file 或 secret_env 之一")
        return self


def secret_for(signing: Signing) -> bytes:
    """Read the shared secret. Raises TransportError if it cannot be had, or this machine lacks the algorithm."""
    if signing.algorithm not in hashlib.algorithms_available:
        raise TransportError("本机的 Python 没有国密 SM3 算法", "请安装带 SM3 的 OpenSSL,或与对方改用 sha256")
    if not (secret := secret_of(signing.secret_file, signing.secret_env)):
        raise TransportError("签名密钥是空的", LOGIN)
    return secret.encode()


def headers_of(
    signing: Signing,
    secret: bytes,
    method: str,
    path: str,
    query: Sequence[tuple[str, str]],
    body: bytes,
    timestamp: str,
    nonce: str,
) -> dict[str, str]:
    """Return the headers that sign a request; ``path`` is percent-encoded as it is sent."""
    parts = {
        "method": method,
        "path": path,
        "query": "&".join(f"{name}={value}" for name, value in sorted((_plain(n), _plain(v)) for n, v in query)),
        "timestamp": timestamp,
        "nonce": nonce,
        "key": signing.key,
        "body": hashlib.new(signing.algorithm, body).hexdigest(),
    }
    signed = signing.joined_by.join(parts[name] for name in signing.over).encode()
    digest = hmac.new(secret, signed, signing.algorithm).digest()
    signature = digest.hex() if signing.encoding == "hex" else base64.b64encode(digest).decode()
    return {
        signing.key_header: signing.key,
        signing.timestamp_header: timestamp,
        signing.nonce_header: nonce,
        signing.signature_header: signature,
    }


def _plain(text: str) -> str:
    """Encode as RFC 3986 does: all but letters, digits and ``-._~``."""
    return quote(text, safe="")
