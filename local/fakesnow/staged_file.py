"""A staged file as a table for DuckDB: CSV columns c1…cn, or one column r of JSON text; n is the record's number."""

import csv
import gzip
import io
import json

import pyarrow as pa
import pyarrow.parquet as parquet

csv.field_size_limit(64 << 20)
_NONE = (None, "", "NONE")


def read_staged(data, key, options):
    """(table, errors): errors are (record number, message) of records that can't be read at all."""
    kind = options["type"].upper()
    if kind == "PARQUET":
        return _parquet(data), []
    text = _plain(data, key, options).decode(_encoding(options))
    return _csv(text, options) if kind == "CSV" else _json(text, options)


def _plain(data, key, options):
    compression = (options.get("compression") or "AUTO").upper()
    if compression == "GZIP" or (compression == "AUTO" and data[:2] == b"\x1f\x8b"):
        return gzip.decompress(data)
    if compression not in ("AUTO", "NONE"):
        raise ValueError(f"{key}: compression {compression} isn't read by the local cloud; use AUTO, GZIP or NONE")
    return data


def _encoding(options):
    name = (options.get("encoding") or "UTF-8").upper()
    return {"UTF8": "utf-8-sig", "UTF-8": "utf-8-sig", "ISO-8859-1": "latin-1"}.get(name, name)


def _parquet(data):
    rows = parquet.read_table(io.BytesIO(data)).to_pylist()
    return _table([json.dumps(row, default=str) for row in rows], range(1, len(rows) + 1))


def _csv(text, options):
    if options.get("parseHeader"):
        raise ValueError("parseHeader goes with MATCH_BY_COLUMN_NAME, not with a SELECT of positions; use skipHeader")
    quote = options.get("fieldOptionallyEnclosedBy")
    quoting = {"quoting": csv.QUOTE_NONE} if quote in _NONE else {"quotechar": quote, "doublequote": True}
    escape = options.get("escape")
    if escape not in _NONE:
        quoting["escapechar"] = escape.replace("\\\\", "\\")
    delimiter = (options.get("fieldDelimiter") or ",").replace("\\t", "\t")
    source = io.StringIO(text, newline="")
    for _ in range(int(options.get("skipHeader") or 0)):
        source.readline()  # by physical lines, as Snowflake does
    trim, skip_blank = options.get("trimSpace"), options.get("skipBlankLines")
    nulls = set(options["nullIf"] if options.get("nullIf") is not None else ["\\N"])
    if options.get("emptyFieldAsNull") is not False:
        nulls.add("")
    rows, width = [], 1
    for row in csv.reader(source, delimiter=delimiter, strict=True, **quoting):
        if not row and skip_blank:
            continue
        if trim:
            row = [field.strip() for field in row]
        rows.append(row)
        width = max(width, len(row))
    columns = {}
    for index in range(width):
        values = [row[index] if index < len(row) else None for row in rows]
        columns[f"c{index + 1}"] = pa.array([None if value in nulls else value for value in values], pa.string())
    columns["n"] = pa.array(range(1, len(rows) + 1), pa.int64())
    return pa.table(columns), []


def _json(text, options):
    """The records' own text, so that numbers stay as they were written."""
    decode, space = json.JSONDecoder().raw_decode, " \t\r\n"
    at, number, records, numbers, errors = 0, 0, [], [], []
    in_array = False
    while True:
        while at < len(text) and (text[at] in space or (in_array and text[at] == ",")):
            at += 1
        if options.get("stripOuterArray") and not in_array and text[at : at + 1] == "[":
            in_array, at = True, at + 1
            continue
        if in_array and text[at : at + 1] == "]":
            in_array, at = False, at + 1
            continue
        if at >= len(text):
            return _table(records, numbers), errors
        number += 1
        try:
            _, end = decode(text, at)
            records.append(text[at:end])
            numbers.append(number)
        except json.JSONDecodeError as error:
            errors.append((number, f"Error parsing JSON: {error.msg}"))
            end = text.find("\n", at) + 1 or len(text)
        at = end


def _table(records, numbers):
    return pa.table({"r": pa.array(records, pa.string()), "n": pa.array(numbers, pa.int64())})
