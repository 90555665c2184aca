"""A staged file as a table for DuckDB: CSV columns c1…cn, or one column r of JSON text; n is the record's number."""

import gzip
import io
import json
import re

import pyarrow as pa
import pyarrow.parquet as parquet

_NONE = (None, "", "NONE")


def read_staged(data, key, options):
    """(table, errors, header): errors are (record number, message) of records that can't be read at all."""
    kind = options["type"].upper()
    if kind == "PARQUET":
        return _parquet(data), [], None
    text = _plain(data, key, options).decode(_encoding(options))
    return _csv(text, options) if kind == "CSV" else (*_json(text, options), None)


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
    """A field that a record doesn't have is NULL; an empty one too, if the format says so and it isn't in quotes."""
    quote = options.get("fieldOptionallyEnclosedBy")
    quote = None if quote in _NONE else quote
    if options.get("escape") not in _NONE or options.get("escapeUnenclosedField") not in (*_NONE, "\\\\"):
        raise ValueError("escape and escapeUnenclosedField aren't read by the local cloud; use NONE")
    delimiter = (options.get("fieldDelimiter") or ",").replace("\\t", "\t")
    parse_header, skip = options.get("parseHeader"), int(options.get("skipHeader") or 0)
    if parse_header and skip:
        raise ValueError("invalid file format: PARSE_HEADER and SKIP_HEADER exclude each other")
    # By physical lines, as Snowflake does.
    text = re.sub(rf"\A(?:[^\r\n]*(?:\r\n|\r|\n|\Z)){{{skip}}}", "", text)
    records = _records(text, delimiter, quote, options.get("skipBlankLines"))
    header = [field for field, _ in records.pop(0)] if parse_header and records else ([] if parse_header else None)
    nulls = set(options["nullIf"] if options.get("nullIf") is not None else ["\\N"])
    empty_is_null, trim = options.get("emptyFieldAsNull") is not False, options.get("trimSpace")

    def value(field, quoted):
        field = field.strip() if trim and not quoted else field
        return None if field in nulls or (empty_is_null and field == "" and not quoted) else field

    width = max([len(record) for record in records], default=1)
    columns = {
        f"c{index + 1}": pa.array([value(*record[index]) if index < len(record) else None for record in records], pa.string())
        for index in range(width)
    }
    columns["n"] = pa.array(range(1, len(records) + 1), pa.int64())
    return pa.table(columns), [], header


def _records(text, delimiter, quote, skip_blank):
    """[[(field, whether in quotes)]]: fields may hold delimiters, quotes (doubled) and line ends inside quotes."""
    if not text:
        return []
    mark = re.escape(quote) if quote else r"(?!)"
    quoted = rf"{mark}((?:[^{mark}]|{mark}{mark})*){mark}" if quote else r"((?!))"
    plain = rf"(?!{mark})((?:(?!{re.escape(delimiter)})[^\r\n])*)"
    pattern = re.compile(rf"(?:{quoted}|{plain})({re.escape(delimiter)}|\r\n|\r|\n|\Z)")
    records, record, at = [], [], 0
    while True:
        found = pattern.match(text, at)
        if not found:
            line = text.count("\n", 0, at) + 1
            raise ValueError(f"line {line}: a quoted field isn't closed, or something follows its closing quote")
        is_quoted = found[1] is not None
        record.append((found[1].replace(quote * 2, quote) if is_quoted else found[2], is_quoted))
        at = found.end()
        if found[3] == delimiter:
            continue
        blank = len(record) == 1 and record[0] == ("", False)
        if not (blank and (skip_blank or at >= len(text))):
            records.append(record)
        record = []
        if at >= len(text):
            return records


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
