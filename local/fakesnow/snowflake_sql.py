"""Runs SQL in fakesnow for /_local/sql, and the few statements that fakesnow hasn't and the local cloud has."""

import datetime
import decimal
import re
import threading

import fakesnow.transforms as transforms
import sqlglot
from fakesnow.server import shared_fs
from snowflake.connector.constants import FIELD_ID_TO_NAME
from sqlglot import exp
from sqlglot.tokens import TokenType

from copy_statement import is_copy, object_name

_SAFE = 2**53
_NAME = r'((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))*)'
_DROP_DATABASE = re.compile(rf"^DROP\s+DATABASE\s+(IF\s+EXISTS\s+)?{_NAME}(\s+CASCADE|\s+RESTRICT)?$", re.I)
_REFRESH = re.compile(rf"^ALTER\s+PIPE\s+(?:IF\s+EXISTS\s+)?{_NAME}\s+REFRESH(?:\s+PREFIX\s*=\s*'([^']*)')?$", re.I)
_EXECUTE_TASK = re.compile(rf"^EXECUTE\s+TASK\s+{_NAME}$", re.I)


def keep_wide_numbers():
    """fakesnow makes NUMBER(38,0) columns 64 bits wide; a table's must hold 38 digits."""
    original = transforms.integer_precision

    def integer_precision(expression):
        if (
            isinstance(expression, exp.DataType)
            and expression.this == exp.DataType.Type.DECIMAL
            and isinstance(expression.parent, exp.ColumnDef)
        ):
            return expression if expression.expressions else exp.DataType.build("DECIMAL(38,0)", dialect="duckdb")
        return original(expression)

    transforms.integer_precision = integer_precision


class Sql:
    def __init__(self, registry, pipes):
        self._registry, self._pipes = registry, pipes
        # fakesnow's catalogue changes aren't made for many at once.
        self._lock = threading.Lock()

    def run(self, sql, database=None, schema=None):
        """{columns, rows} of the last statement."""
        answer, connection = {"columns": [], "rows": []}, None
        for statement in split(sql):
            special = self._special(statement)
            if special is not None:
                answer = special
                continue
            with self._lock:
                connection = connection or shared_fs.connect(database, schema)
                cursor = connection.cursor()
                cursor.execute(statement)
                names = [column.name for column in cursor.description or []]
                kinds = [FIELD_ID_TO_NAME[column.type_code] for column in cursor.description or []]
                rows = cursor.fetchall()
            answer = {
                "columns": [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)],
                "rows": [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in rows],
            }
        return answer

    def _special(self, statement):
        if is_copy(statement):
            return {"columns": [], "rows": self._pipes.copy_now("/_local/sql", statement)}
        if found := _REFRESH.match(statement):
            return {"columns": [], "rows": [{"files": self._pipes.refresh(found[1], found[2] or "")}]}
        if found := _EXECUTE_TASK.match(statement):
            return {"columns": [], "rows": [self.execute_task(found[1])]}
        if found := _DROP_DATABASE.match(statement):
            with self._lock:
                name = object_name(found[2]).replace('"', '""')
                shared_fs.duck_conn.cursor().execute(f'DETACH DATABASE {"IF EXISTS " if found[1] else ""}"{name}"')
            return {"columns": [], "rows": [{"status": f"{name} successfully dropped."}]}
        return None

    def execute_task(self, name):
        task = self._registry.get("tasks", name)
        if is_copy(task["sql"]):
            return {"files": self._pipes.copy_now(f"task {task['name']}", task["sql"])}
        return {"rows": self.run(task["sql"])["rows"]}


def split(sql):
    """Statements between semicolons, which may also stand in quotes and comments."""
    start, statements = 0, []
    for token in sqlglot.tokenize(sql, read="snowflake"):
        if token.token_type == TokenType.SEMICOLON:
            statements.append(sql[start : token.start])
            start = token.end + 1
    statements.append(sql[start:])
    return [statement.strip() for statement in statements if statement.strip()]


def plain(value):
    """A value as JSON has it; a number that a double can't hold becomes a string."""
    if isinstance(value, decimal.Decimal):
        if value == value.to_integral_value():
            return plain(int(value))
        return float(value) if len(value.as_tuple().digits) <= 15 else str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value if abs(value) <= _SAFE else str(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return value.hex().upper()
    return value
