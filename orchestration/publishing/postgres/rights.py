"""Say who may read what in PostgreSQL: roles, grants, and the towns of case workers.

Belongs here: what is wanted, and the statements for the difference from what is there.
Does not belong here: logins and passwords, which the server's administrator makes.

| role | reads |
|---|---|
| ``bi_reader`` | the open schemas |
| ``case_worker`` | the open schemas, and the rows of ``marts_case`` of the towns that ``shouwang.case_towns`` names |
| ``office_reader`` | the open schemas, and every mart, exact |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestration.publishing.content import literal, quoted
from orchestration.publishing.postgres.layout import Audience, Shown, Table, View
from orchestration.publishing.postgres.session import Session
from orchestration.publishing.postgres.shape import Found, Place, relation

BI_READER, CASE_WORKER, OFFICE_READER = "bi_reader", "case_worker", "office_reader"
ROLES = (BI_READER, CASE_WORKER, OFFICE_READER)
READERS: Mapping[Audience, tuple[str, ...]] = {
    "open": ROLES,
    "case": (CASE_WORKER,),
    "full": (OFFICE_READER,),
}
CONTROL = "shouwang"
PUBLISHED, LOADED, TOWNS = (CONTROL, "published"), (CONTROL, "loaded"), (CONTROL, "case_towns")
WHOLE_DISTRICT = "*"
POLICY = "of_own_towns"
"""Name of the row policies."""
_EVERYBODY = "public"
Grant = tuple[str, str, str]
"""Schema, relation (empty: the schema itself) and the role that may use or read it."""

_GRANTED = """
    select n.nspname, '', coalesce(r.rolname, 'public'), a.privilege_type
    from pg_namespace as n cross join aclexplode(n.nspacl) as a left join pg_roles as r on a.grantee = r.oid
    where n.nspname = any(%s) and a.grantee <> n.nspowner
    union all
    select n.nspname, c.relname, coalesce(r.rolname, 'public'), a.privilege_type
    from pg_class as c inner join pg_namespace as n on c.relnamespace = n.oid
    cross join aclexplode(c.relacl) as a left join pg_roles as r on a.grantee = r.oid
    where n.nspname = any(%s) and a.grantee <> c.relowner
"""


def missing_roles(session: Session) -> list[str]:
    """Return the roles that the server does not have."""
    there = {name for (name,) in session.rows("select rolname from pg_roles where rolname = any(%s)", [list(ROLES)])}
    return [role for role in ROLES if role not in there]


def prepare(session: Session) -> None:
    """Make roles, and the schema of the state, where they are missing; close the database to everybody else."""
    for role in missing_roles(session):
        session.run(f"create role {role} nologin")
    if not session.rows("select from pg_namespace where nspname = %s", [CONTROL]):
        for statement in _CONTROL:
            session.run(statement)
    _close(session)


_CONTROL = (
    f"create schema {CONTROL}",
    f"comment on schema {CONTROL} is '守望:数据集市的版本,和办理人员的镇街'",
    f"""create table {relation(PUBLISHED)} (
        one boolean primary key default true check (one), version integer not null, month text not null,
        months text not null, published_at timestamp with time zone not null,
        loaded_at timestamp with time zone not null, stem text not null, engine text not null
    )""",
    f"comment on table {relation(PUBLISHED)} is '现在的版本:只有一行,与数据在同一事务中更新'",
    f"comment on column {relation(PUBLISHED)}.version is '版本号'",
    f"comment on column {relation(PUBLISHED)}.month is '发布的月份'",
    f"comment on column {relation(PUBLISHED)}.months is '版本含有的月份'",
    f"comment on column {relation(PUBLISHED)}.published_at is '发布时间'",
    f"comment on column {relation(PUBLISHED)}.loaded_at is '复制到本数据库的时间'",
    f"""create table {relation(LOADED)} (
        schema_name text, table_name text, part text, rows bigint not null, content text not null,
        primary key (schema_name, table_name, part)
    )""",
    f"comment on table {relation(LOADED)} is '每张表每个月的行数和内容指纹:只用来判断哪些月份要重新复制'",
    f"create table {relation(TOWNS)} (login text, town_code text, primary key (login, town_code))",
    f"comment on table {relation(TOWNS)} is"
    f" '办理人员(case_worker)能看哪些镇街:登录名、镇街代码;{WHOLE_DISTRICT} 表示全区。没有登记的看不到任何户'",
    f"alter table {relation(TOWNS)} enable row level security",
    f"create policy {POLICY} on {relation(TOWNS)} for select to {CASE_WORKER} using (login = current_user)",
)


def _close(session: Session) -> None:
    """Take from everybody what a new database grants: to connect, and to make temporary tables."""
    (row,) = session.rows(
        "select current_database(), pg_has_role(d.datdba, 'usage'), d.datacl is null or exists"
        " (select from aclexplode(d.datacl) as a where a.grantee = 0) from pg_database as d"
        " where d.datname = current_database()"
    )
    database, is_ours, is_open = row
    if is_ours and is_open:
        session.run(f"revoke all on database {quoted(database)} from public")
    lacking = session.rows(
        "select rolname from pg_roles where rolname = any(%s)"
        " and not has_database_privilege(rolname, current_database(), 'connect')",
        [list(ROLES)],
    )
    for (role,) in lacking if is_ours else ():
        session.run(f"grant connect on database {quoted(database)} to {role}")


def wanted(tables: Sequence[Table], views: Sequence[View]) -> set[Grant]:
    """List every right that readers have."""
    grants: set[Grant] = {(CONTROL, "", role) for role in ROLES} | {(*PUBLISHED, role) for role in ROLES}
    grants.add((*TOWNS, CASE_WORKER))
    shown: list[Shown] = [*tables, *views]
    for one in shown:
        grants |= {(one.schema, name, role) for role in READERS[one.audience] for name in ("", one.name)}
    return grants


def differences(session: Session, grants: set[Grant]) -> Iterator[str]:
    """Yield the statements that take from our roles and from everybody what is not wanted, and give what is lacking.

    What an administrator granted to other roles stays.
    """
    schemas = sorted({schema for schema, _, _ in grants})
    there = set()
    for schema, name, role, privilege in session.rows(_GRANTED, [schemas, schemas]):
        if role not in (*ROLES, _EVERYBODY):
            continue
        if (schema, name, role) in grants and privilege == _privilege(name):
            there.add((schema, name, role))
        else:
            yield f"revoke {privilege} on {_object(schema, name)} from {role}"
    for schema, name, role in sorted(grants - there):
        yield f"grant {_privilege(name)} on {_object(schema, name)} to {role}"


def _privilege(name: str) -> str:
    return "SELECT" if name else "USAGE"


def _object(schema: str, name: str) -> str:
    return f"table {relation((schema, name))}" if name else f"schema {quoted(schema)}"


def guards(tables: Sequence[Table], there: Mapping[Place, Found]) -> Iterator[str]:
    """Yield the statements that limit the rows of a table to the towns of the login that reads them."""
    own = f"select {{}} from {relation(TOWNS)} where login = current_user"
    for table in tables:
        found = there.get(table.place)
        if table.towns and not (found and found.is_guarded):
            place, town = relation(table.place), quoted(table.towns)
            yield f"alter table {place} enable row level security"
            yield f"drop policy if exists {POLICY} on {place}"
            yield (
                f"create policy {POLICY} on {place} for select to {CASE_WORKER} using ({town} in"
                f" ({own.format('town_code')}) or exists"
                f" ({own.format('')} and town_code = {literal(WHOLE_DISTRICT)}))"
            )
