"""Statements about roles, users, pipes, stages and tasks, of which fakesnow knows nothing."""

import json
import re

from access import PRIVILEGES
from copy_statement import object_name

_NAME = r'((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))*)'
_TEXT = r"'((?:[^']|'')*)'"


class AccountSql:
    def __init__(self, registry, pipes):
        self._registry, self._pipes, self._access = registry, pipes, registry.access
        self.tasks = None
        self.keys = {}  # of users: the public key in base64
        self._known = [
            (re.compile(pattern, re.I | re.S), handle)
            for pattern, handle in (
                (rf"^CREATE\s+ROLE\s+{_NAME}$", self._create_role),
                (rf"^CREATE\s+USER\s+{_NAME}$", self._create_user),
                (rf"^ALTER\s+USER\s+{_NAME}\s+SET\s+RSA_PUBLIC_KEY\s*=\s*{_TEXT}$", self._set_key),
                (rf"^GRANT\s+ROLE\s+{_NAME}\s+TO\s+(ROLE|USER)\s+{_NAME}$", self._grant_role),
                (rf"^GRANT\s+(.+?)\s+ON\s+(ACCOUNT|.+?)\s+TO\s+ROLE\s+{_NAME}(\s+WITH\s+GRANT\s+OPTION)?$", self._grant),
                (
                    rf"^ALTER\s+PIPE\s+{_NAME}\s+REFRESH(?:\s+PREFIX\s*=\s*{_TEXT})?(?:\s+MODIFIED_AFTER\s*=\s*{_TEXT})?$",
                    self._refresh,
                ),
                (rf"^ALTER\s+PIPE\s+{_NAME}\s+SET\s+PIPE_EXECUTION_PAUSED\s*=\s*(TRUE|FALSE)$", self._pause),
                (rf"^SELECT\s+SYSTEM\$PIPE_STATUS\({_TEXT}\)(?:\s+AS\s+\"?(\w+)\"?)?$", self._pipe_status),
                (rf"^LIST\s+@{_NAME}$", self._list),
                (rf"^EXECUTE\s+TASK\s+{_NAME}$", self._execute_task),
                (rf"^ALTER\s+TASK\s+{_NAME}\s+(SUSPEND|RESUME)$", self._switch_task),
            )
        ]

    def run(self, statement, role):
        """Rows; None for a statement that isn't one of these."""
        for pattern, handle in self._known:
            if found := pattern.match(statement):
                return handle(role, *found.groups())
        return None

    def _create_role(self, role, name):
        self._registry.put("roles", {"name": name}, role)
        return [{"status": f"Role {object_name(name)} successfully created."}]

    def _create_user(self, role, name):
        self._access.require_create(role, "USER", object_name(name))
        self.keys.setdefault(object_name(name), None)
        return [{"status": f"User {object_name(name)} successfully created."}]

    def _set_key(self, role, name, key):
        if object_name(name) not in self.keys:
            raise ValueError(f"User '{object_name(name)}' does not exist or not authorized.")
        self._access.require(role, "MANAGE GRANTS", "ACCOUNT", "")
        self.keys[object_name(name)] = key
        return [{"status": "Statement executed successfully."}]

    def _grant_role(self, role, name, kind, to):
        self._access.require_owner(role, "ROLE", object_name(name))
        if kind.upper() == "ROLE":
            self._access.grant_role(object_name(name), object_name(to))
        else:
            self._access.user_roles.setdefault(object_name(to), set()).add(object_name(name))
        return [{"status": "Statement executed successfully."}]

    def _grant(self, role, privileges, on, to, option):
        kind, name = "ACCOUNT", ""
        if on.upper() != "ACCOUNT":
            kind = next((each for each in PRIVILEGES if re.match(rf"{each}\s", on, re.I)), None)
            if kind is None:
                raise ValueError(f"the local Snowflake grants nothing on {on}")
            name = object_name(on[len(kind) :].strip())
        for privilege in privileges.split(","):
            self._access.grant(role, object_name(to), " ".join(privilege.upper().split()), kind, name, bool(option))
        return [{"status": "Statement executed successfully."}]

    def _pipe(self, role, name, *privileges):
        pipe = self._registry.get("pipes", name)
        self._access.resolve(role, pipe["name"])
        if not any(self._access.has(role, privilege, "PIPE", pipe["name"]) for privilege in privileges):
            self._access.require(role, privileges[0], "PIPE", pipe["name"])
        return pipe

    def _refresh(self, role, name, prefix, modified_after):
        pipe = self._pipe(role, name, "OPERATE")
        self._access.require(role, "USAGE", "STAGE", pipe["stage"])
        files = self._pipes.refresh(pipe["name"], (prefix or "").replace("''", "'"), modified_after)
        return [{"File": file, "Status": "SENT"} for file in files]

    def _pause(self, role, name, paused):
        self._pipes.pause(self._pipe(role, name, "OPERATE")["name"], paused.upper() == "TRUE")
        return [{"status": "Statement executed successfully."}]

    def _pipe_status(self, role, name, alias):
        status = self._pipes.status(self._pipe(role, name, "MONITOR", "OPERATE")["name"])
        answer = {"executionState": status["executionState"], "pendingFileCount": status["pendingFiles"]}
        return [{alias or "SYSTEM$PIPE_STATUS": json.dumps(answer)}]

    def _list(self, role, name):
        stage = self._registry.get("stages", name)
        self._access.require(role, "USAGE", "STAGE", stage["name"])
        return self._pipes.list_stage(stage["name"])

    def _execute_task(self, role, name):
        task = self._registry.get("tasks", name)
        self._access.require(role, "OPERATE", "TASK", task["name"])
        return [self.tasks.execute(task["name"])]

    def _switch_task(self, role, name, verb):
        task = self._registry.get("tasks", name)
        self._access.require(role, "OPERATE", "TASK", task["name"])
        self.tasks.switch(task["name"], verb.upper() == "RESUME")
        return [{"status": "Statement executed successfully."}]
