"""Define what the settings say about the PostgreSQL database that the published marts are copied to.

Belongs here: the fields of ``[postgres]``. Does not belong here: writing to it (``publishing.postgres``).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import field_validator

from sources.landing.transport.database_server import DatabaseServer

PLACE = "postgresql://主机:端口/数据库"


class PostgresServer(DatabaseServer):
    """A database of PostgreSQL that holds nothing but the published marts, and the account that owns it."""

    schemes = ("postgresql",)
    label = "PostgreSQL"
    example = """\
# 已发布的数据集市另存一份到这个 PostgreSQL 数据库(15 版起,专供守望使用),供 Power BI、Metabase、FineReport 等读取。
# 建库、账号、角色和镇街权限见 docs/postgres.md。
url = "postgresql://db.example.gov.cn:5432/shouwang"
user = "shouwang"
password_file = "/etc/shouwang/postgres.password"
"""

    @field_validator("url")
    @classmethod
    def _of_postgres(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "postgresql" or not parts.path.strip("/"):
            raise ValueError(f"应写成 {PLACE}")
        return url
