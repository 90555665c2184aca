"""Who may do what: roles, ownership and grants, by Snowflake's rules.

Which privileges there are: https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

import threading

ADMIN = "ACCOUNTADMIN"
SYSTEM_ROLES = frozenset({ADMIN, "SECURITYADMIN", "SYSADMIN", "USERADMIN", "PUBLIC"})
_SCHEMA_OBJECTS = ("FILE FORMAT", "STAGE", "TABLE", "PIPE", "TASK", "VIEW")
PRIVILEGES = {
    "ACCOUNT": {
        *(f"CREATE {each}" for each in ("DATABASE", "INTEGRATION", "ROLE", "USER", "WAREHOUSE")),
        *("EXECUTE TASK", "EXECUTE MANAGED TASK", "MANAGE GRANTS", "MONITOR EXECUTION", "MONITOR USAGE"),
    },
    "DATABASE": {"CREATE SCHEMA", "CREATE DATABASE ROLE", "MODIFY", "MONITOR", "USAGE"},
    "SCHEMA": {*(f"CREATE {each}" for each in (*_SCHEMA_OBJECTS, "STREAM", "DYNAMIC TABLE")), "MODIFY", "MONITOR", "USAGE"},
    "INTEGRATION": {"USAGE", "USE_ANY_ROLE"},
    "WAREHOUSE": {"MODIFY", "MONITOR", "OPERATE", "USAGE"},
    "FILE FORMAT": {"USAGE"},
    # Of an external stage; READ and WRITE are an internal one's.
    "STAGE": {"USAGE"},
    "TABLE": {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "EVOLVE SCHEMA"},
    "VIEW": {"SELECT", "REFERENCES"},
    "PIPE": {"MONITOR", "OPERATE"},
    "TASK": {"MONITOR", "OPERATE"},
}


class Denied(Exception):
    """SQL access control error."""


class Access:
    def __init__(self):
        self._lock = threading.RLock()
        self._roles = set(SYSTEM_ROLES)
        self._owners = {}  # of (type, name)
        self._grants = {}  # (role, privilege, type, name) → whether with grant option
        self._granted_roles = {}  # of a role: the roles granted to it
        self.user_roles = {}  # of a user: the roles granted to them
        self._used = set()  # grants that something was allowed by

    def add_role(self, name):
        with self._lock:
            self._roles.add(name)

    def drop_role(self, name):
        with self._lock:
            self._roles.discard(name)
            self._grants = {key: option for key, option in self._grants.items() if key[0] != name}
            for granted in (*self._granted_roles.values(), *self.user_roles.values()):
                granted.discard(name)

    def require_role(self, name):
        if name not in self._roles:
            raise Denied(f"Role '{name}' does not exist or not authorized.")

    def grant_role(self, name, parent):
        self.require_role(name)
        self.require_role(parent)
        with self._lock:
            self._granted_roles.setdefault(parent, set()).add(name)

    def own(self, kind, name, role):
        with self._lock:
            self._owners[(kind, name)] = role

    def owner(self, kind, name):
        return self._owners.get((kind, name), ADMIN)

    def drop(self, kind, name):
        """What is dropped takes with it the grants on it and what is in it."""

        def gone(other_kind, other_name):
            inside = kind in ("DATABASE", "SCHEMA") and other_name.startswith(f"{name}.")
            return (other_kind, other_name) == (kind, name) or inside

        with self._lock:
            self._owners = {key: role for key, role in self._owners.items() if not gone(*key)}
            self._grants = {key: option for key, option in self._grants.items() if not gone(key[2], key[3])}

    def grant(self, by, role, privilege, kind, name, with_option=False):
        if privilege not in PRIVILEGES.get(kind, ()):
            known = ", ".join(sorted(PRIVILEGES.get(kind, ()))) or "none"
            raise ValueError(f"SQL compilation error: {privilege} isn't a privilege of {kind}; those are {known}")
        self.require_role(role)
        manages = self.has(by, "MANAGE GRANTS", "ACCOUNT", "")
        if not (manages or self.owns(by, kind, name) or self._has_option(by, privilege, kind, name)):
            raise Denied(f"SQL access control error: Insufficient privileges to grant {privilege} on {kind} '{name}'")
        with self._lock:
            self._grants[(role, privilege, kind, name)] = with_option

    def revoke(self, role, privilege, kind, name):
        with self._lock:
            self._grants.pop((role, privilege, kind, name), None)

    def _roles_of(self, role):
        """The role and those granted to it, and to these."""
        found, ahead = set(), [role]
        while ahead:
            one = ahead.pop()
            if one not in found:
                found.add(one)
                ahead.extend(self._granted_roles.get(one, ()))
        return found

    def owns(self, role, kind, name):
        with self._lock:
            roles = self._roles_of(role)
        return ADMIN in roles or (kind != "ACCOUNT" and self.owner(kind, name) in roles)

    def has(self, role, privilege, kind, name):
        if self.owns(role, kind, name):
            return True
        found = [key for each in self._roles_of(role) if (key := (each, privilege, kind, name)) in self._grants]
        self._used.update(found)
        return found != []

    def _has_option(self, role, privilege, kind, name):
        found = [key for each in self._roles_of(role) if self._grants.get(key := (each, privilege, kind, name))]
        self._used.update(found)
        return found != []

    def list(self):
        """Every grant, and whether something was allowed by it."""
        return [
            {"role": role, "privilege": privilege, "type": kind, "name": name, "withGrantOption": option,
             "used": (role, privilege, kind, name) in self._used}
            for (role, privilege, kind, name), option in self._grants.items()
        ]  # fmt: skip

    def _sees(self, role, kind, name):
        """Any privilege on a database or schema lets a role resolve it."""
        roles = self._roles_of(role)
        return self.owns(role, kind, name) or any(key[0] in roles and key[2:] == (kind, name) for key in self._grants)

    def resolve(self, role, name):
        """@throws Denied for an object in a database or schema that the role may not look into."""
        database, schema, *_ = [*name.split("."), ""]
        for kind, place in (("DATABASE", database), ("SCHEMA", f"{database}.{schema}")):
            if not self._sees(role, kind, place):
                raise Denied(f"SQL compilation error: {kind} '{place}' does not exist or not authorized.")

    def require(self, role, privilege, kind, name):
        if kind in _SCHEMA_OBJECTS:
            self.resolve(role, name)
        if not self.has(role, privilege, kind, name):
            raise Denied(
                f"SQL access control error: Insufficient privileges to operate on {kind.lower()} '{name}'"
                f" (role {role} has no {privilege})"
            )

    def require_owner(self, role, kind, name):
        if not self.owns(role, kind, name):
            raise Denied(
                f"SQL access control error: Insufficient privileges to operate on {kind.lower()} '{name}' (role {role} doesn't own it)"
            )

    def require_create(self, role, kind, name):
        """For what is in a schema: CREATE on the schema; else on the account or the database."""
        if kind in _SCHEMA_OBJECTS:
            schema = name.rpartition(".")[0]
            self.resolve(role, name)
            self.require(role, f"CREATE {kind}", "SCHEMA", schema)
        elif kind == "SCHEMA":
            self.require(role, "CREATE SCHEMA", "DATABASE", name.partition(".")[0])
        else:
            self.require(role, f"CREATE {kind}", "ACCOUNT", "")
