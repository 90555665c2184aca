"""Reads the COPY statements that components/snowflake-landing/copyStatement.ts writes; its grammar stands there."""

import re
from dataclasses import dataclass

_PART = r'"[A-Z_][A-Z0-9_$]*"'
_OBJECT = rf"{_PART}\.{_PART}\.{_PART}"
_STATEMENT = re.compile(
    rf"^COPY INTO (?P<table>{_OBJECT}) \((?P<columns>{_PART}(?:, {_PART})*)\)"
    rf" FROM \(SELECT (?P<expressions>.+) FROM @(?P<stage>{_OBJECT})\)"
    rf" FILE_FORMAT = \(FORMAT_NAME = '(?P<format>{_OBJECT})'\)"
    r" ON_ERROR = (?P<on_error>CONTINUE|SKIP_FILE)$"
)
_EXPRESSION = re.compile(
    r'\$1:"(?P<field>[^"]*)"::(?P<type>[A-Z][A-Z_]*(?:\(\d+(?:,\d+)?\))?)'
    r"|\$(?P<position>\d+)"
    r"|METADATA\$(?P<metadata>FILENAME|FILE_ROW_NUMBER|START_SCAN_TIME)"
)


@dataclass
class Copy:
    table: tuple  # (database, schema, name)
    columns: list
    expressions: list  # the matches of _EXPRESSION as dictionaries
    stage: str
    format: str
    on_error: str


def is_copy(sql):
    return sql.lstrip().upper().startswith("COPY INTO")


def parse_copy(sql):
    found = _STATEMENT.match(sql.strip().rstrip(";"))
    if not found:
        raise ValueError(f"COPY statement not of the grammar of components/snowflake-landing/copyStatement.ts: {sql[:300]}")
    columns = [name.strip('"') for name in found["columns"].split(", ")]
    expressions, at, text = [], 0, found["expressions"]
    while at < len(text):
        one = _EXPRESSION.match(text, at)
        if not one:
            raise ValueError(f"COPY statement: no expression of the grammar at {text[at : at + 60]!r}")
        expressions.append(one.groupdict())
        at = one.end()
        if at < len(text):
            if not text.startswith(", ", at):
                raise ValueError(f"COPY statement: expected a comma at {text[at : at + 60]!r}")
            at += 2
    if len(expressions) != len(columns):
        raise ValueError(f"COPY statement: {len(columns)} columns but {len(expressions)} expressions")
    return Copy(
        table=tuple(part.strip('"') for part in found["table"].split(".")),
        columns=columns,
        expressions=expressions,
        stage=object_name(found["stage"]),
        format=object_name(found["format"]),
        on_error=found["on_error"],
    )


def object_name(text):
    """A name as the registry keys it: quotes off, unquoted parts in upper case."""
    parts = re.findall(r'"((?:[^"]|"")*)"|([^."]+)', text)
    return ".".join(quoted.replace('""', '"') if not plain else plain.strip().upper() for quoted, plain in parts)
