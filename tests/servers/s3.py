"""moto's S3 server as a process of its own, with one bucket and one account, whose signature it checks.

Its objects are in memory: after `stop` and `start` the bucket is empty. `pause` keeps them. To a request without any
signature moto 5.2 answers 500, where S3 answers 403.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.servers.process import Process
from tests.servers.system import HOST, free_port

_REGION = "us-east-1"
_POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
# Anybody may do anything until the server is told to check.
_NOBODY = {"aws_access_key_id": "nobody", "aws_secret_access_key": "nobody", "region_name": _REGION}


@dataclass
class S3Server:
    """What a client needs, and the process; the key and its secret are other ones after `start`."""

    host: str
    port: int
    bucket: str
    process: Process
    key: str = ""
    secret: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://{self.host}:{self.port}"

    def client(self) -> Any:
        """A client of boto3 that may do everything."""
        login = {"aws_access_key_id": self.key, "aws_secret_access_key": self.secret, "region_name": _REGION}
        return boto3.client("s3", endpoint_url=self.url, **login)

    def stop(self) -> None:
        """Be down, and forget all objects."""
        self.process.stop()

    def start(self) -> None:
        """Be up, on the same port, with an empty bucket and another key."""
        self.process.start()
        iam = boto3.client("iam", endpoint_url=self.url, **_NOBODY)
        iam.create_user(UserName="extracts")
        iam.put_user_policy(UserName="extracts", PolicyName="all", PolicyDocument=_POLICY)
        made = iam.create_access_key(UserName="extracts")["AccessKey"]
        self.key, self.secret = made["AccessKeyId"], made["SecretAccessKey"]
        boto3.client("s3", endpoint_url=self.url, **_NOBODY).create_bucket(Bucket=self.bucket)
        # From the next request on, every request has to be signed.
        httpx.post(f"{self.url}/moto-api/reset-auth", content=b"0").raise_for_status()


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Run a server with its log in `folder`."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "--host", HOST, "--port", str(port)]
    server = S3Server(HOST, port, "extracts", Process(command, port, folder / "moto.log"))
    try:
        server.start()
        yield server
    finally:
        server.stop()
