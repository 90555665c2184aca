"""Runs SQL in fakesnow as a role, and the statements that fakesnow hasn't and the local cloud has."""

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

import clock
import statements
from access import ADMIN
from account_sql import AccountSql
from blocks import BLOCK, Blocks
from copy_statement import is_copy, object_name

_SAFE = 2**53
_DROP_DATABASE = re.compile(r"^DROP\s+DATABASE\s+(IF\s+EXISTS\s+)?(\S+)(\s+CASCADE|\s+RESTRICT)?$", re.I)


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
        self._account = AccountSql(registry, pipes)
        self._blocks = Blocks(self, pipes)
        # fakesnow's catalogue changes aren't made for many at once.
        self._lock = threading.Lock()

    def use_tasks(self, tasks):
        self._account.tasks = tasks

    def key_of(self, user):
        """Public key of a user, in base64; None without one."""
        return self._account.keys.get(user)

    def run(self, sql, database=None, schema=None, role=ADMIN):
        """{columns, rows} of the last statement."""
        answer, connection = {"columns": [], "rows": []}, None
        self._registry.access.require_role(role)
        for statement in split(sql):
            special = self._special(statement, role)
            if special is not None:
                answer = {"columns": [], "rows": special}
                continue
            if role != ADMIN:
                statements.require(self._registry.access, self._registry.catalog, role, statement)
            with self._lock:
                if re.match(r"^MERGE\b", statement, re.I):
                    answer = {"columns": [], "rows": _merge(_at_this_time(statement))}
                    continue
                connection = connection or shared_fs.connect(database, schema)
                answer = _execute(connection, _at_this_time(statement))
                self._noted(statement, role)
        return answer

    def _special(self, statement, role):
        """Rows of a statement that fakesnow hasn't; None for the others."""
        if is_copy(statement):
            return self._pipes.copy_now(statement, role)
        if BLOCK.match(statement):
            return self._blocks.run(statement, role)
        if found := _DROP_DATABASE.match(statement):
            name = object_name(found[2])
            self._registry.access.require_owner(role, "DATABASE", name)
            with self._lock:
                quoted = name.replace('"', '""')
                shared_fs.duck_conn.cursor().execute(f'DETACH DATABASE {"IF EXISTS " if found[1] else ""}"{quoted}"')
            self._gone("DATABASE", name)
            return [{"status": f"{name} successfully dropped."}]
        return self._account.run(statement, role)

    def _noted(self, statement, role):
        """Whose an object is, and which one of its name, follows from who made it and when."""
        ddl = statements.made_or_dropped(statement) if re.match(r"^(CREATE|DROP)\b", statement, re.I) else None
        if ddl is None:
            return
        verb, kind, name = ddl
        if verb == "drop":
            self._gone(kind, name)
        else:
            self._registry.access.own(kind, name, role)
            self._registry.catalog.created(kind, name)

    def _gone(self, kind, name):
        self._registry.catalog.dropped(kind, name)
        self._registry.dropped(kind, name)


def _execute(connection, statement):
    cursor = connection.cursor()
    cursor.execute(statement)
    names = [column.name for column in cursor.description or []]
    kinds = [FIELD_ID_TO_NAME[column.type_code] for column in cursor.description or []]
    rows = cursor.fetchall()
    return {
        "columns": [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)],
        "rows": [{name: plain(value) for name, value in zip(names, row, strict=True)} for row in rows],
    }


def _merge(statement):
    """DuckDB's own MERGE; fakesnow's doesn't know a target's alias."""
    cursor = shared_fs.duck_conn.cursor()
    rows = cursor.execute(sqlglot.transpile(statement, read="snowflake", write="duckdb")[0]).fetchall()
    return [{"number of rows merged": rows[0][0] if rows else 0}]


def _at_this_time(statement):
    """DuckDB's clock is the machine's; where tests have moved ours, it is written out."""
    if not clock.is_moved():
        return statement
    return re.sub(r"CURRENT_TIMESTAMP\(\)", f"'{clock.now().isoformat()}'::TIMESTAMP_LTZ", statement)


def split(sql):
    """Statements between semicolons, which may also stand in quotes and comments; comments around them go."""
    found, tokens = [], []
    for token in [*sqlglot.tokenize(sql, read="snowflake"), None]:
        if token is not None and token.token_type != TokenType.SEMICOLON:
            tokens.append(token)
        elif tokens:
            found.append(sql[tokens[0].start : tokens[-1].end + 1])
            tokens = []
    return found


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
