"""What a SQL statement takes: the privileges, by Snowflake's rules, of the role that runs it."""

import sqlglot
from sqlglot import exp

from access import Denied

_WRITES = {exp.Insert: "INSERT", exp.Update: "UPDATE", exp.Delete: "DELETE"}


def named(table):
    """DATABASE.SCHEMA.NAME of a table in a statement, as Snowflake stores it."""

    def stored(identifier):
        return identifier.name if identifier.quoted else identifier.name.upper()

    parts = [part for part in (table.args.get("catalog"), table.args.get("db"), table.this) if part is not None]
    return ".".join(stored(part) for part in parts)


def made_or_dropped(statement):
    """("create" | "drop", type, name) of DDL; None for anything else."""
    tree = sqlglot.parse_one(statement, read="snowflake")
    if not isinstance(tree, (exp.Create, exp.Drop)) or tree.args.get("kind") not in ("DATABASE", "SCHEMA", "TABLE", "VIEW"):
        return None
    if isinstance(tree, exp.Drop):
        return ("drop", tree.args["kind"], named(tree.args["tables"][0]))
    this = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    return ("create", tree.args["kind"], named(this))


def require(access, catalog, role, statement):
    """@throws Denied when the role may not run the statement, or isn't known to be allowed to."""
    tree = sqlglot.parse_one(statement, read="snowflake")
    ddl = made_or_dropped(statement)
    if ddl is not None:
        verb, kind, name = ddl
        if verb == "create":
            access.require_create(role, kind, name)
            if kind == "VIEW":
                _reads(access, catalog, role, tree.expression)
        else:
            access.require_owner(role, kind, name)
    elif isinstance(tree, exp.Alter):
        access.require_owner(role, tree.args["kind"], named(tree.this))
    elif isinstance(tree, exp.TruncateTable):
        for table in tree.find_all(exp.Table):
            access.require(role, "TRUNCATE", "TABLE", named(table))
    elif isinstance(tree, exp.Merge):
        target = named(tree.this)
        for privilege in ("SELECT", "INSERT", "UPDATE"):
            access.require(role, privilege, "TABLE", target)
        _reads(access, catalog, role, tree)
    elif type(tree) in _WRITES:
        target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
        access.require(role, _WRITES[type(tree)], "TABLE", named(target))
        _reads(access, catalog, role, tree, without=target)
    elif isinstance(tree, exp.Query):
        _reads(access, catalog, role, tree)
    elif not isinstance(tree, (exp.Show, exp.Describe, exp.Use)):
        raise Denied(f"the local Snowflake doesn't know what role {role} needs for: {statement[:80]}")


def _reads(access, catalog, role, tree, without=None):
    names = {each.alias_or_name for each in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if table is without or not isinstance(table.this, exp.Identifier) or table.name in names:
            continue
        name = named(table)
        if ".INFORMATION_SCHEMA." in name.upper():
            continue
        access.require(role, "SELECT", "VIEW" if catalog.exists("VIEW", name) else "TABLE", name)
