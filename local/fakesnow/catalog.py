"""What stands in DuckDB: databases, schemas, tables and views by Snowflake's names."""

import uuid

_QUERIES = {
    "DATABASE": ("duckdb_databases()", ("database_name",)),
    "SCHEMA": ("duckdb_schemas()", ("database_name", "schema_name")),
    "TABLE": ("duckdb_tables()", ("database_name", "schema_name", "table_name")),
    "VIEW": ("duckdb_views()", ("database_name", "schema_name", "view_name")),
}


class Catalog:
    def __init__(self, duck):
        self._duck = duck
        self._tables = {}  # what tells a table from another of its name that came after it

    def exists(self, kind, name):
        if kind not in _QUERIES:
            raise ValueError(f"the local Snowflake knows no objects of type {kind}")
        source, columns = _QUERIES[kind]
        parts = name.split(".")
        if len(parts) != len(columns):
            return False
        where = " AND ".join(f"{column} = ?" for column in columns)
        return self._duck.cursor().execute(f"SELECT 1 FROM {source} WHERE {where}", parts).fetchone() is not None

    def created(self, kind, name):
        if kind == "TABLE":
            self._tables[name] = str(uuid.uuid4())

    def dropped(self, kind, name):
        inside = [table for table in self._tables if table == name or (kind != "TABLE" and table.startswith(f"{name}."))]
        for table in inside:
            del self._tables[table]

    def table_id(self, table):
        """None for a table that is gone, or that was made by the connector and not here."""
        return self._tables.get(".".join(table))
