"""Athena as an import uses it: MiniStack's is on DuckDB, but it knows no UNLOAD, takes every table's columns from a guess,
asks nobody for leave and has no limits. Statements are run here as Athena runs them: under the role of who starts them, over
Glue's tables read exactly as their SerDe says, within the workgroup's limit."""

import contextvars
import gzip
import json
import re
import shutil
import threading
import time
import uuid
from urllib.parse import urlparse

import duckdb
from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import athena, glue, s3
from ministack.services import stepfunctions as sf

import aws_ledger
import aws_step_time

_POLL_SECONDS = 0.1
_MAX_STATEMENT = 262_144
_ROWS_PER_FILE = 2_000
_UNLOAD = re.compile(r"\s*UNLOAD\s*\((?P<select>.*)\)\s*TO\s*'(?P<to>s3://[^']+)'\s*WITH\s*\((?P<with>[^)]*)\)\s*$", re.S | re.I)
_faults = None


class QueryError(Exception):
    """A query's end that Athena tells in its status. kind: 1 a fault of Athena's own, 2 the query's."""

    def __init__(self, message, kind=2, retryable=False, state="FAILED"):
        super().__init__(message)
        self.kind, self.retryable, self.state = kind, retryable, state


def install(faults):
    global _faults
    _faults = faults
    athena._start_query_execution = start
    sf._SERVICE_DISPATCH["arn:aws:states:::athena:startQueryExecution"] = _run_for_step
    sf._SERVICE_DISPATCH["arn:aws:states:::athena:getQueryResults"] = _results_for_step


def start(data, role=None):
    """StartQueryExecution. role: whose rights the query has; without one they are the account's."""
    query, group = data.get("QueryString", ""), data.get("WorkGroup", "primary")
    if not 1 <= len(query.encode()) <= _MAX_STATEMENT:
        return error_response_json("InvalidRequestException", f"The statement has {len(query.encode())} bytes, at most {_MAX_STATEMENT} are taken.", 400)
    settings = (athena._workgroups.get(group) or {}).get("Configuration")
    if settings is None:
        return error_response_json("InvalidRequestException", f"WorkGroup {group} is not found.", 400)
    own = data.get("ResultConfiguration", {}).get("OutputLocation")
    place = (settings.get("ResultConfiguration") or {}).get("OutputLocation")
    location = place if settings.get("EnforceWorkGroupConfiguration") or not own else own
    if not location:
        return error_response_json("InvalidRequestException", "No output location provided.", 400)
    query_id = str(uuid.uuid4())
    location = location if location.endswith("/") else f"{location}/"
    execution = {
        "QueryExecutionId": query_id,
        "Query": query,
        "StatementType": "DML",
        "ResultConfiguration": {"OutputLocation": f"{location}{query_id}.csv"},
        "QueryExecutionContext": {"Database": data.get("QueryExecutionContext", {}).get("Database", "default")},
        "Status": {"State": "RUNNING", "SubmissionDateTime": int(time.time())},
        "Statistics": {"DataScannedInBytes": 0, "EngineExecutionTimeInMillis": 0},
        "WorkGroup": group,
        "_results": None,
        "_column_types": None,
    }
    athena._executions[query_id] = execution
    limit = settings.get("BytesScannedCutoffPerQuery")
    work = contextvars.copy_context()
    threading.Thread(target=work.run, args=(_execute, execution, f"{location}{query_id}", limit, role), daemon=True).start()
    return json_response({"QueryExecutionId": query_id})


def _execute(execution, result_base, limit, role):
    status, begun = execution["Status"], time.time()
    try:
        _run(execution, result_base, limit, role)
        if status["State"] == "RUNNING":
            status["State"] = "SUCCEEDED"
    except Exception as error:  # every failure is the query's status, as in Athena
        known = error if isinstance(error, QueryError) else QueryError(f"{type(error).__name__}: {error}"[:2000])
        if status["State"] == "RUNNING":
            status.update(State=known.state, StateChangeReason=str(known))
            status["AthenaError"] = {
                "ErrorCategory": known.kind,
                "ErrorType": 1 if known.kind == 1 else 1006,
                "Retryable": known.retryable,
                "ErrorMessage": str(known),
            }
    status["CompletionDateTime"] = int(time.time())
    execution["Statistics"]["EngineExecutionTimeInMillis"] = int((time.time() - begun) * 1000)


def _run(execution, result_base, limit, role):
    fault = _faults.internal("athena", "StartQueryExecution", execution["Query"])
    if fault:
        raise QueryError("INTERNAL_ERROR_QUERY_ENGINE", kind=1, retryable=True)
    unload = _UNLOAD.match(execution["Query"])
    select = unload["select"] if unload else execution["Query"]
    databases = {"default", execution["QueryExecutionContext"]["Database"]}
    _require(role, [("glue:GetDatabase", _glue(each)) for each in ("catalog", *(f"database/{name}" for name in sorted(databases)))])
    workdirs, scanned = [], 0
    try:
        select, scanned = _with_relations(select, role, workdirs)
        execution["Statistics"]["DataScannedInBytes"] = scanned
        if limit and scanned > limit:
            raise QueryError("Query cancelled! : Bytes scanned limit was exceeded", state="CANCELLED")
        columns, types, rows = _select(select)
    finally:
        for folder in workdirs:
            shutil.rmtree(folder, ignore_errors=True)
    if unload:
        manifest = _unload(unload, columns, rows, role)
        key = f"{result_base}-manifest.csv"
        _put(key, "".join(f"{name}\n" for name in manifest).encode(), role)
        execution["Statistics"]["DataManifestLocation"] = key
        execution.update(_results={"columns": ["rows"], "rows": []}, _column_types=["bigint"])
        return
    execution.update(_results={"columns": columns, "rows": rows}, _column_types=types)
    _put(f"{result_base}.csv", _csv([columns, *rows]), role)


def _select(select):
    connection = duckdb.connect(":memory:")
    try:
        result = connection.execute(select)
        names = [column[0] for column in result.description]
        types = ["bigint" if "INT" in str(column[1]) else "varchar" for column in result.description]
        return names, types, [list(row) for row in result.fetchall()]
    except duckdb.Error as error:
        text = str(error)
        raise QueryError(f"HIVE_CURSOR_ERROR: Row is not a valid JSON Object. {text}" if "JSON" in text else text) from error
    finally:
        connection.close()


def _csv(rows):
    def cell(value):
        return "" if value is None else '"' + athena._datum_text(value).replace('"', '""') + '"'

    return "".join(",".join(map(cell, row)) + "\n" for row in rows).encode()


def _glue(resource):
    return f"arn:aws:glue:{get_region()}:{get_account_id()}:{resource}"


def _require(role, needs):
    if role is None:
        return
    for action, resource, *context in needs:
        if not aws_ledger.check_role(role, action, resource, get_region(), context[0] if context else {}):
            raise QueryError(f"Insufficient permissions: {role} is not authorized to perform: {action} on resource: {resource}")


def _with_relations(select, role, workdirs):
    """The statement with each of Glue's tables as a relation over its files, and the bytes of these."""
    edits, scanned = [], 0
    for ref in athena._table_references(select):
        # IS DISTINCT FROM isn't followed by a table.
        if re.search(r"\bDISTINCT\s+FROM\s*$", select[: ref.start], re.I):
            continue
        if not ref.database:
            raise QueryError(f"SCHEMA_NOT_FOUND: {ref.table} stands without a database")
        on = [_glue("catalog"), _glue(f"database/{ref.database}"), _glue(f"table/{ref.database}/{ref.table}")]
        _require(role, [(action, each) for action in ("glue:GetTable", "glue:GetPartitions") for each in on])
        table = glue._tables.get(f"{ref.database}/{ref.table}")
        if table is None:
            raise QueryError(f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{ref.database}.{ref.table}' does not exist")
        relation, size = _relation(table, role, workdirs)
        scanned += size
        edits.append((ref.start, ref.end, relation + ("" if ref.aliased else f' AS "{ref.table}"')))
    for begin, end, relation in sorted(edits, reverse=True):
        select = select[:begin] + relation + select[end:]
    return select, scanned


def _relation(table, role, workdirs):
    storage = table["StorageDescriptor"]
    names = [column["Name"] for column in storage["Columns"]]
    if any(column["Type"] != "string" for column in storage["Columns"]):
        raise QueryError("HIVE_UNSUPPORTED: the local Athena reads columns of type string only")
    place = urlparse(storage["Location"])
    bucket, prefix = place.netloc, place.path.lstrip("/")
    _require(role, [("s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3:prefix": prefix})])
    found = [key for key in sorted((s3._buckets.get(bucket) or {"objects": {}})["objects"]) if key.startswith(prefix)]
    _require(role, [("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}") for key in found])
    size = sum(len(s3._get_object_data(bucket, key) or b"") for key in found)
    files = athena._materialize_table_files(storage["Location"], workdirs) if found else []
    if not files:
        nulls = ", ".join(f'CAST(NULL AS VARCHAR) AS "{name}"' for name in names)
        return f"(SELECT {nulls} WHERE FALSE)", 0
    # DuckDB tells by the name that a file is packed.
    listed, serde = athena._sql_list(files), storage["SerdeInfo"]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    library, given = serde["SerializationLibrary"], serde.get("Parameters") or {}
    if library == "org.openx.data.jsonserde.JsonSerDe":
        return f"read_json({listed}, format = 'newline_delimited', compression = 'gzip', columns = {{{columns}}})", size
    if library == "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe":
        skip = int((table.get("Parameters") or {}).get("skip.header.line.count", 0))
        delimiter, null = (given[key].replace("'", "''") for key in ("field.delim", "serialization.null.format"))
        # This SerDe knows no quotes, fills missing fields with NULL and drops those too many.
        return (
            f"read_csv({listed}, auto_detect = false, header = false, skip = {skip}, delim = '{delimiter}', quote = '', escape = '', "
            f"nullstr = '{null}', compression = 'gzip', columns = {{{columns}}}, null_padding = true, strict_mode = false)"
        ), size
    raise QueryError(f"HIVE_UNSUPPORTED: the local Athena doesn't read {library}")


def _unload(statement, columns, rows, role):
    """Writes the rows as gzipped JSON lines. @returns the addresses of the files"""
    given = dict(re.findall(r"(\w+)\s*=\s*'([^']*)'", statement["with"].lower()))
    if given != {"format": "json", "compression": "gzip"}:
        raise QueryError(f"NOT_SUPPORTED: the local Athena unloads gzipped JSON only, not {given}")
    if len(set(columns)) != len(columns):
        raise QueryError("DUPLICATE_COLUMN_NAME: the columns of an UNLOAD need names of their own")
    place = urlparse(statement["to"])
    prefix = place.path.lstrip("/")
    bucket = s3._buckets.get(place.netloc)
    if bucket is None:
        raise QueryError(f"HIVE_FILESYSTEM_ERROR: there is no bucket {place.netloc}")
    _require(role, [("s3:ListBucket", f"arn:aws:s3:::{place.netloc}", {"s3:prefix": prefix})])
    if any(key.startswith(prefix) for key in bucket["objects"]):
        raise QueryError(f"HIVE_PATH_ALREADY_EXISTS: Target directory for table already exists: {statement['to']}")
    files, slash = [], "" if prefix.endswith("/") else "/"
    for at in range(0, len(rows), _ROWS_PER_FILE):
        # A member that is NULL isn't written.
        lines = [
            json.dumps({name: athena._datum_text(value) for name, value in zip(columns, row) if value is not None}, ensure_ascii=False)
            for row in rows[at : at + _ROWS_PER_FILE]
        ]
        name = f"{statement['to']}{slash}{time.strftime('%Y%m%d_%H%M%S')}_{at:05d}_{uuid.uuid4()}.gz"
        _put(name, gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0), role)
        files.append(name)
    return files


def _put(address, data, role):
    place = urlparse(address)
    key = place.path.lstrip("/")
    _require(role, [("s3:GetBucketLocation", f"arn:aws:s3:::{place.netloc}"), ("s3:PutObject", f"arn:aws:s3:::{place.netloc}/{key}")])
    answer = s3._put_object(place.netloc, key, data, {"content-type": "text/plain", "content-length": str(len(data))})
    if answer[0] >= 300:
        raise QueryError(f"HIVE_WRITER_CLOSE_ERROR: {address} can't be written ({answer[0]})")


def _shown(execution):
    return {name: value for name, value in execution.items() if not name.startswith("_")}


def _refused(answer):
    told = json.loads(answer[2])
    raise sf._ExecutionError(f"Athena.{told.get('__type', 'AmazonAthenaException').rpartition('#')[2]}", told.get("message", ""))


def _run_for_step(resource, data):
    from aws_step_calls import role_of_step

    answer = start(data, role_of_step())
    if answer[0] != 200:
        _refused(answer)
    query_id = json.loads(answer[2])["QueryExecutionId"]
    if not resource.endswith(".sync"):
        return {"QueryExecutionId": query_id}
    execution = athena._executions[query_id]
    while execution["Status"]["State"] == "RUNNING":
        try:
            aws_step_time.sleep(_POLL_SECONDS)
        except aws_step_time.Ended:
            athena._stop_query_execution({"QueryExecutionId": query_id})
            raise
    told = {"QueryExecution": _shown(execution)}
    if execution["Status"]["State"] != "SUCCEEDED":
        raise sf._ExecutionError("States.TaskFailed", json.dumps(told))
    return told


def _results_for_step(_resource, data):
    answer = athena._get_query_results(data)
    if answer[0] != 200:
        _refused(answer)
    return json.loads(answer[2])
