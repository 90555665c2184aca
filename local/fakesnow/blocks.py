"""Blocks of statements that tasks run: those that components/snowflake-landing/tasks.ts writes; its grammar is there."""

import re
from datetime import datetime, timedelta

import clock
from copy_statement import is_copy

BLOCK = re.compile(r"^EXECUTE IMMEDIATE \$\$ BEGIN (?P<body>.*)END; \$\$$", re.S)
_PART = re.compile(r"(IF \(.*? END IF|(?:'(?:[^']|'')*'|\"[^\"]*\"|[^;'\"])+); *", re.S)
_RESULT = re.compile(
    r"^LET refused VARCHAR := \(SELECT LISTAGG\(\"FILE\":\"file\"::VARCHAR \|\| ': ' \|\| "
    r"COALESCE\(\"FILE\":\"first_error\"::VARCHAR, \"FILE\":\"status\"::VARCHAR\), '; '\) "
    r"FROM \(SELECT OBJECT_CONSTRUCT\(\*\) AS \"FILE\" FROM TABLE\(RESULT_SCAN\(:loaded\)\)\) "
    r"WHERE \"FILE\":\"status\"::VARCHAR IN \('LOAD_FAILED', 'PARTIALLY_LOADED'\)\)$"
)
_HISTORY = re.compile(
    r"^LET refused VARCHAR := \(SELECT LISTAGG\(FILE_NAME \|\| ': ' \|\| COALESCE\(FIRST_ERROR_MESSAGE, STATUS\), '; '\) "
    r"FROM TABLE\(\"[^\"]+\"\.INFORMATION_SCHEMA\.COPY_HISTORY\(TABLE_NAME => '(?P<table>[^']+)', "
    r"START_TIME => DATEADD\(MINUTE, -(?P<minutes>\d+), CURRENT_TIMESTAMP\(\)\)\)\) "
    r"WHERE PIPE_NAME IS NOT NULL AND STATUS <> 'Loaded'\)$"
)
_RAISE = (
    "IF (refused <> '') THEN SELECT ('Files with errors: ' || LEFT(:refused, 4000))::NUMBER(38,0); END IF"
)


class Blocks:
    def __init__(self, sql, pipes):
        self._sql, self._pipes = sql, pipes

    def run(self, statement, role):
        """@throws ValueError as Snowflake says it, when the block raises."""
        body = BLOCK.match(statement)["body"]
        loaded, refused = [], ""
        for part in _parts(body):
            if is_copy(part):
                loaded = self._pipes.copy_now(part, role)
            elif part == "LET loaded VARCHAR := SQLID":
                continue
            elif _RESULT.match(part):
                refused = _listed((row["file"], row["first_error"] or row["status"]) for row in loaded if row["status"] != "LOADED")
            elif found := _HISTORY.match(part):
                refused = self._history(found["table"], int(found["minutes"]))
            elif part == _RAISE:
                if refused:
                    raise ValueError(f"Numeric value 'Files with errors: {refused[:4000]}' is not recognized")
            elif re.match(r"^(MERGE|DELETE|INSERT|UPDATE)\b", part):
                self._sql.run(part, role=role)
            else:
                raise ValueError(f"block: nothing of the grammar of components/snowflake-landing/tasks.ts: {part[:200]}")
        return [{"files": loaded}] if loaded else [{"status": "done"}]

    def _history(self, table, minutes):
        since = clock.now() - timedelta(minutes=minutes)
        entries = self._pipes.pipe_loads_of(table)
        return _listed(
            (entry["file"], entry["firstError"] or entry["status"])
            for entry in entries
            if entry["status"] != "LOADED" and datetime.fromisoformat(entry["at"]) >= since
        )


def _parts(body):
    at = 0
    while at < len(body):
        found = _PART.match(body, at)
        if not found:
            raise ValueError(f"block not of the grammar of components/snowflake-landing/tasks.ts: {body[at : at + 200]}")
        yield found[1]
        at = found.end()


def _listed(pairs):
    return "; ".join(f"{file}: {error}" for file, error in pairs)
