"""Runs a parsed COPY statement on one staged file, in one transaction of DuckDB."""

import time
from datetime import datetime, timezone

from staged_file import read_staged

_DUCK_TYPES = {
    "VARCHAR": "VARCHAR", "STRING": "VARCHAR", "TEXT": "VARCHAR", "CHAR": "VARCHAR",
    "NUMBER": "DECIMAL(38,0)", "DECIMAL": "DECIMAL(38,0)", "NUMERIC": "DECIMAL(38,0)",
    "INT": "DECIMAL(38,0)", "INTEGER": "DECIMAL(38,0)", "BIGINT": "DECIMAL(38,0)",
    "FLOAT": "DOUBLE", "DOUBLE": "DOUBLE", "REAL": "DOUBLE", "BOOLEAN": "BOOLEAN", "DATE": "DATE", "TIME": "TIME",
    "TIMESTAMP_NTZ": "TIMESTAMP", "TIMESTAMP": "TIMESTAMP", "DATETIME": "TIMESTAMP",
    "TIMESTAMP_LTZ": "TIMESTAMPTZ", "TIMESTAMP_TZ": "TIMESTAMPTZ",
    "VARIANT": "JSON", "OBJECT": "JSON", "ARRAY": "JSON", "BINARY": "BLOB",
}  # fmt: skip


def load_file(connection, copy, data, key, options):
    """{status, rowsParsed, rows, errors, firstError, milliseconds} of a file."""
    started = time.monotonic()

    def result(status, parsed, rows, errors, first):
        spent = round((time.monotonic() - started) * 1000)
        return {
            "status": status, "rowsParsed": parsed, "rows": rows, "errors": errors,
            "firstError": first, "milliseconds": spent,
        }  # fmt: skip

    try:
        staged, unreadable = read_staged(data, key, options)
    except Exception as error:  # a file that can't be read is the file's failure, told in the history
        return result("LOAD_FAILED", 0, 0, 1, f"{type(error).__name__}: {error}")
    parsed = staged.num_rows + len(unreadable)
    connection.register("staged", staged)
    connection.execute("BEGIN")
    try:
        values, checks = _select(connection, copy, staged.column_names, key)
        bad = connection.execute(_errors_query(checks)).fetchall() if checks else []
        errors = sorted([*unreadable, *((number, message) for number, message in bad)])
        first = f"record {errors[0][0]}: {errors[0][1]}" if errors else None
        if errors and copy.on_error == "SKIP_FILE":
            connection.execute("ROLLBACK")
            return result("LOAD_FAILED", parsed, 0, len(errors), first)
        target = ".".join(f'"{part}"' for part in copy.table)
        columns = ", ".join(f'"{name}"' for name in copy.columns)
        good = " AND ".join(f"NOT ({check})" for check, _ in checks) or "TRUE"
        rows = connection.execute(
            f"INSERT INTO {target} ({columns}) SELECT {', '.join(values)} FROM staged WHERE {good} ORDER BY n"
        ).fetchone()[0]
        connection.execute("COMMIT")
    except Exception:
        connection.execute("ROLLBACK")
        raise
    finally:
        connection.unregister("staged")
    status = "LOADED" if not errors else "PARTIALLY_LOADED" if rows else "LOAD_FAILED"
    return result(status, parsed, rows, len(errors), first)


def _select(connection, copy, staged_columns, key):
    """(value expressions, [(condition of an error, its message)]) in SQL."""
    database, schema, table = copy.table
    known = {
        name: (kind, nullable)
        for name, kind, nullable in connection.execute(
            "SELECT column_name, data_type, is_nullable FROM duckdb_columns()"
            " WHERE database_name = ? AND schema_name = ? AND table_name = ?",
            [database, schema, table],
        ).fetchall()
    }
    if not known:
        raise ValueError(f"Table {database}.{schema}.{table} does not exist")
    now = datetime.now(timezone.utc).isoformat()
    values, checks = [], []
    for column, expression in zip(copy.columns, copy.expressions, strict=True):
        if column not in known:
            raise ValueError(f"Column {column} does not exist in {database}.{schema}.{table}")
        kind, nullable = known[column]
        text, via = _text(expression, staged_columns, key, now)
        value = _as(_as(text, via), kind) if via and via != kind else _as(text, kind)
        values.append(value)
        if kind != "VARCHAR":
            checks.append((f"({text}) IS NOT NULL AND ({value}) IS NULL", f"Column {column}: {kind} can't hold the value"))
        if not nullable:
            checks.append((f"({text}) IS NULL", f"NULL result in a non-nullable column: {column}"))
    return values, checks


def _text(expression, staged_columns, key, now):
    """(SQL of the text, the type it is cast to on the way or None)."""
    if expression["metadata"] == "FILENAME":
        return f"'{_quoted(key)}'", None
    if expression["metadata"] == "FILE_ROW_NUMBER":
        return "n", None
    if expression["metadata"] == "START_SCAN_TIME":
        return f"'{now}'", None
    if expression["field"] is not None:
        if "r" not in staged_columns:
            raise ValueError('$1:"field" is for JSON and Parquet; the file format says CSV')
        path = f"""'$."{_quoted(expression["field"])}"'"""
        base, _, arguments = expression["type"].partition("(")
        via = _DUCK_TYPES.get(base)
        if via is None:
            raise ValueError(f"type {base} isn't known to the local cloud's COPY")
        if via == "JSON":
            return f"json_extract(r, {path})", via
        if via.startswith("DECIMAL") and arguments:
            via = f"DECIMAL({arguments if ',' in arguments else arguments[:-1] + ',0)'}"
        return f"json_extract_string(r, {path})", via
    if "r" in staged_columns:
        if expression["position"] != "1":
            raise ValueError(f"${expression['position']}: a JSON or Parquet file has one column, $1")
        return "r", None
    name = f"c{expression['position']}"
    return (name if name in staged_columns else "CAST(NULL AS VARCHAR)"), None


def _as(text, kind):
    if kind in ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ"):
        # Snowflake reads a whole number as seconds, milliseconds, … since 1970, by its size.
        seconds = f"TRY_CAST({text} AS BIGINT)"
        scaled = f"CASE WHEN abs({seconds}) < 31536000000 THEN {seconds} * 1000000 WHEN abs({seconds}) < 31536000000000 THEN {seconds} * 1000 ELSE {seconds} END"
        return f"COALESCE(TRY_CAST(CAST({text} AS VARCHAR) AS {kind}), TRY_CAST(make_timestamp({scaled}) AS {kind}))"
    return f"TRY_CAST({text} AS {kind})"


def _errors_query(checks):
    """The first error of each record that has one."""
    cases = " ".join(f"WHEN {check} THEN '{_quoted(message)}'" for check, message in checks)
    any_error = " OR ".join(f"({check})" for check, _ in checks)
    return f"SELECT n, CASE {cases} END FROM staged WHERE {any_error}"


def _quoted(text):
    return text.replace("'", "''")
