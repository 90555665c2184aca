"""Reads the COPY statements that components/snowflake-landing/copyStatement.ts writes; its grammar stands there."""

import re
from dataclasses import dataclass, field

_PART = r'"[A-Z_][A-Z0-9_$]*"'
_OBJECT = rf"{_PART}\.{_PART}\.{_PART}"
_TYPE = r"[A-Z][A-Z_]*(?:\(\d+(?:,\d+)?\))?"
_TEXT = r"'(?:[^'\\]|''|\\\\)*'"
_STATEMENT = re.compile(
    rf"^COPY INTO (?P<table>{_OBJECT})"
    rf"(?: \((?P<columns>{_PART}(?:, {_PART})*)\) FROM \(SELECT (?P<expressions>.+) FROM @(?P<stage>{_OBJECT})\)"
    rf"| FROM @(?P<whole_stage>{_OBJECT}))"
    rf" FILE_FORMAT = \(FORMAT_NAME = '(?P<format>{_OBJECT})'\)"
    r"(?: MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE INCLUDE_METADATA = \((?P<metadata>[^)]+)\))?"
    r" ON_ERROR = (?P<on_error>CONTINUE|SKIP_FILE)$"
)
_ROW = (
    r"CASE WHEN \$(?P<beyond>\d+) IS NOT NULL THEN \('record ' \|\| METADATA\$FILE_ROW_NUMBER::VARCHAR \|\|"
    r" ' has more than (?P<fields>\d+) fields'\)::NUMBER\(38,0\) WHEN \$(?P<last>\d+) IS NULL THEN"
    r" \('record ' \|\| METADATA\$FILE_ROW_NUMBER::VARCHAR \|\| ' has fewer than \d+ fields'\)::NUMBER\(38,0\)"
    r" ELSE METADATA\$FILE_ROW_NUMBER END"
)
_FIELD = rf"\(CASE \$(?P<position>\d+)(?P<nulls>(?: WHEN {_TEXT} THEN NULL)*) ELSE \$\d+ END\)"
_EXPRESSION = re.compile(
    rf'\$1:"(?P<member>[^"]*)"::(?P<member_type>{_TYPE})'
    rf"|(?P<json>PARSE_JSON\()?{_FIELD}(?(json)\))(?:::(?P<type>{_TYPE}))?"
    rf"|(?P<row>{_ROW})"
    r"|(?P<record>\$1)"
    r"|METADATA\$(?P<metadata>FILENAME|FILE_ROW_NUMBER|START_SCAN_TIME)"
)


@dataclass
class Copy:
    table: tuple  # (database, schema, name)
    columns: list
    expressions: list  # the matches of _EXPRESSION as dictionaries; empty where columns are matched by name
    stage: str
    format: str
    on_error: str
    metadata: dict = field(default_factory=dict)  # by name: column → metadata


def is_copy(sql):
    return sql.lstrip().upper().startswith("COPY INTO")


def parse_copy(sql):
    found = _STATEMENT.match(sql.strip().rstrip(";"))
    if not found:
        raise ValueError(f"COPY statement not of the grammar of components/snowflake-landing/copyStatement.ts: {sql[:300]}")
    by_name = found["metadata"] is not None
    if by_name != (found["whole_stage"] is not None):
        raise ValueError("SQL compilation error: match_by_column_name is not supported with copy transform.")
    columns = [] if by_name else [name.strip('"') for name in found["columns"].split(", ")]
    expressions = [] if by_name else list(_expressions(found["expressions"]))
    if len(expressions) != len(columns):
        raise ValueError(f"COPY statement: {len(columns)} columns but {len(expressions)} expressions")
    return Copy(
        table=tuple(part.strip('"') for part in found["table"].split(".")),
        columns=columns,
        expressions=expressions,
        stage=object_name(found["whole_stage"] or found["stage"]),
        format=object_name(found["format"]),
        on_error=found["on_error"],
        metadata=dict(_pairs(found["metadata"])) if by_name else {},
    )


def _expressions(text):
    at = 0
    while at < len(text):
        one = _EXPRESSION.match(text, at)
        if not one:
            raise ValueError(f"COPY statement: no expression of the grammar at {text[at : at + 60]!r}")
        yield one.groupdict()
        at = one.end()
        if at < len(text):
            if not text.startswith(", ", at):
                raise ValueError(f"COPY statement: expected a comma at {text[at : at + 60]!r}")
            at += 2


def _pairs(text):
    for pair in text.split(", "):
        found = re.fullmatch(r"(_[A-Z_]+) = METADATA\$(FILENAME|FILE_ROW_NUMBER|START_SCAN_TIME)", pair)
        if not found:
            raise ValueError(f"COPY statement: INCLUDE_METADATA knows nothing like {pair!r}")
        yield found[1], found[2]


def null_texts(nulls):
    """The texts of ` WHEN '…' THEN NULL`s."""
    return [literal[1:-1].replace("''", "'").replace("\\\\", "\\") for literal in re.findall(_TEXT, nulls)]


def object_name(text):
    """A name as the registry keys it: quotes off, unquoted parts in upper case."""
    parts = re.findall(r'"((?:[^"]|"")*)"|([^."]+)', text)
    return ".".join(quoted.replace('""', '"') if not plain else plain.strip().upper() for quoted, plain in parts)
