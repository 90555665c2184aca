"""Runs a parsed COPY statement on one staged file, in one transaction of DuckDB."""

import time

import clock
from copy_statement import null_texts
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
        staged, unreadable, header = read_staged(data, key, options)
    except Exception as error:  # a file that can't be read is the file's failure, told in the history
        return result("LOAD_FAILED", 0, 0, 1, f"{type(error).__name__}: {error}")
    parsed = staged.num_rows + len(unreadable)
    connection.register("staged", staged)
    connection.execute("BEGIN")
    try:
        columns, values, checks = _select(connection, copy, staged.column_names, header, key)
        bad = connection.execute(_errors_query(checks)).fetchall() if checks else []
        errors = sorted([*unreadable, *((number, message) for number, message in bad)])
        first = f"record {errors[0][0]}: {errors[0][1]}" if errors else None
        if errors and copy.on_error == "SKIP_FILE":
            connection.execute("ROLLBACK")
            return result("LOAD_FAILED", parsed, 0, len(errors), first)
        target = ".".join(f'"{part}"' for part in copy.table)
        names = ", ".join(f'"{name}"' for name in columns)
        good = " AND ".join(f"({check}) IS NOT TRUE" for check, _ in checks) or "TRUE"
        rows = connection.execute(
            f"INSERT INTO {target} ({names}) SELECT {', '.join(values)} FROM staged WHERE {good} ORDER BY n"
        ).fetchone()[0]
        connection.execute("COMMIT")
    except Exception:
        connection.execute("ROLLBACK")
        raise
    finally:
        connection.unregister("staged")
    status = "LOADED" if not errors else "PARTIALLY_LOADED" if rows else "LOAD_FAILED"
    return result(status, parsed, rows, len(errors), first)


def table_columns(connection, table):
    """{name: (type, nullable)}; empty where there is no such table."""
    return {
        name: (kind, nullable)
        for name, kind, nullable in connection.execute(
            "SELECT column_name, data_type, is_nullable FROM duckdb_columns()"
            " WHERE database_name = ? AND schema_name = ? AND table_name = ? ORDER BY column_index",
            list(table),
        ).fetchall()
    }


def _select(connection, copy, staged_columns, header, key):
    """(columns, value expressions, [(condition of an error, its message)]) in SQL."""
    known = table_columns(connection, copy.table)
    if not known:
        raise ValueError(f"Table {'.'.join(copy.table)} does not exist")
    pairs = _by_name(copy, known, header) if copy.metadata else zip(copy.columns, copy.expressions, strict=True)
    columns, values, checks = [], [], []
    for column, expression in pairs:
        if column not in known:
            raise ValueError(f"Column {column} does not exist in {'.'.join(copy.table)}")
        kind, nullable = known[column]
        text, via = _text(expression, staged_columns, key)
        value = _as(_as(text, via), kind) if via and via != kind else _as(text, kind)
        columns.append(column)
        values.append(value)
        if expression.get("row"):
            checks.append((f"c{expression['beyond']} IS NOT NULL" if f"c{expression['beyond']}" in staged_columns else "FALSE",
                           f"Numeric value 'record … has more than {expression['fields']} fields' is not recognized"))
            last = f"c{expression['last']}"
            checks.append((f"{last} IS NULL" if last in staged_columns else "TRUE",
                           f"Numeric value 'record … has fewer than {expression['fields']} fields' is not recognized"))
        if kind != "VARCHAR":
            checks.append((f"({text}) IS NOT NULL AND ({value}) IS NULL", f"Column {column}: {kind} can't hold the value"))
        if not nullable:
            checks.append((f"({text}) IS NULL", f"NULL result in a non-nullable column: {column}"))
    return columns, values, checks


def _by_name(copy, known, header):
    """Columns by the header's names in either case; what isn't in the header is NULL, what has no column is left out."""
    if header is None:
        raise ValueError("MATCH_BY_COLUMN_NAME of CSV needs a file format with PARSE_HEADER = TRUE")
    positions = {name.upper(): index + 1 for index, name in reversed(list(enumerate(header)))}
    for column in known:
        if column in copy.metadata:
            yield column, {"metadata": copy.metadata[column]}
        elif column.upper() in positions:
            yield column, {"field": positions[column.upper()]}
        else:
            yield column, {"null": True}


def _text(expression, staged_columns, key):
    """(SQL of the text, the type it is cast to on the way or None)."""
    if expression.get("null"):
        return "CAST(NULL AS VARCHAR)", None
    if expression.get("field"):
        return _column(expression["field"], staged_columns), None
    if expression.get("metadata") == "FILENAME":
        return f"'{_quoted(key)}'", None
    if expression.get("metadata") == "FILE_ROW_NUMBER" or expression.get("row"):
        return "n", None
    if expression.get("metadata") == "START_SCAN_TIME":
        return f"'{clock.now().isoformat()}'", None
    if expression["member"] is not None:
        if "r" not in staged_columns:
            raise ValueError('$1:"member" is for JSON and Parquet; the file format says CSV')
        path = f"""'$."{_quoted(expression["member"])}"'"""
        via = _duck_type(expression["member_type"])
        extract = "json_extract" if via == "JSON" else "json_extract_string"
        return f"{extract}(r, {path})", via
    if expression["record"]:
        if "r" not in staged_columns:
            raise ValueError("$1 of CSV isn't of the grammar; the file format says CSV")
        return "r", None
    if "r" in staged_columns:
        raise ValueError(f"${expression['position']}: a JSON or Parquet file has one column, $1")
    column = _column(expression["position"], staged_columns)
    nulls = " ".join(f"WHEN '{_quoted(text)}' THEN NULL" for text in null_texts(expression["nulls"]))
    text = f"(CASE {column} {nulls} ELSE {column} END)" if nulls else column
    return text, "JSON" if expression["json"] else _duck_type(expression["type"]) if expression["type"] else None


def _column(position, staged_columns):
    name = f"c{position}"
    return name if name in staged_columns else "CAST(NULL AS VARCHAR)"


def _duck_type(name):
    base, _, arguments = name.partition("(")
    via = _DUCK_TYPES.get(base)
    if via is None:
        raise ValueError(f"type {base} isn't known to the local cloud's COPY")
    if via.startswith("DECIMAL") and arguments:
        return f"DECIMAL({arguments if ',' in arguments else arguments[:-1] + ',0)'}"
    return via


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
