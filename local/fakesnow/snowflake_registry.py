"""The Snowflake objects that fakesnow hasn't: kept by kind and name, with what Snowflake generates for them."""

import threading
import uuid

import clock
from access import ADMIN, Access
from copy_statement import object_name, parse_copy
from schedule import next_run
from snowflake_aws import Channel, Identity

REQUIRED = {
    "integrations": ("roleArn", "allowedLocations"),
    "notifications": ("topicArn", "roleArn"),
    "formats": ("type",),
    "stages": ("url", "integration"),
    "pipes": ("copyStatement",),
    "tasks": ("sql",),
    "roles": (),
    "warehouses": (),
    "grants": ("accountRoleName",),
}
TYPES = {
    "integrations": "INTEGRATION", "notifications": "INTEGRATION", "formats": "FILE FORMAT", "stages": "STAGE",
    "pipes": "PIPE", "tasks": "TASK", "roles": "ROLE", "warehouses": "WAREHOUSE",
}  # fmt: skip


class Missing(Exception):
    pass


class Registry:
    def __init__(self, catalog):
        self.lock = threading.RLock()
        self.access = Access()
        self.catalog = catalog  # of the tables, views, schemas and databases in DuckDB
        self._kinds = {kind: {} for kind in REQUIRED}
        self.identities = {}  # of (kind, name)
        self.channels = {}  # of bucket

    def list(self, kind):
        with self.lock:
            return [dict(entry) for entry in self._kinds[kind].values()]

    def get(self, kind, name):
        with self.lock:
            entry = self._kinds[kind].get(_key(kind, name))
            if entry is None:
                raise Missing(f"{kind}: {name} does not exist or not authorized")
            return dict(entry)

    def put(self, kind, body, role=ADMIN):
        """Makes an object, or alters the one that is there: then it stays the same one, and what was generated too."""
        name = body.get("name")
        absent = [field for field in ("name", *REQUIRED[kind]) if not body.get(field)]
        if absent:
            raise ValueError(f"{kind} {name}: {', '.join(absent)} missing; see local/fakesnow/README.md")
        entry = {**body, "name": _key(kind, name)}
        with self.lock:
            before = self._kinds[kind].get(entry["name"])
            if kind == "grants":
                self._grant(entry, before, role)
            else:
                self._may_put(TYPES[kind], entry["name"], before, role)
            getattr(self, f"_check_{kind}", lambda *_: None)(entry, role)
            if kind in ("integrations", "notifications"):
                identity = self.identities.get((kind, entry["name"])) or Identity(f"{kind}:{entry['name']}")
                self.identities[(kind, entry["name"])] = identity
                entry |= {"iamUserArn": identity.arn, "externalId": identity.external_id}
            entry["id"] = before["id"] if before else str(uuid.uuid4())
            self._kinds[kind][entry["name"]] = entry
            return dict(entry)

    def _may_put(self, kind, name, before, role):
        if before:
            self.access.require_owner(role, kind, name)
            return
        self.access.require_create(role, kind, name)
        if kind == "ROLE":
            self.access.add_role(name)
        self.access.own(kind, name, role)

    def delete(self, kind, name, role=ADMIN):
        with self.lock:
            entry = self._kinds[kind].get(_key(kind, name))
            if entry is None:
                raise Missing(f"{kind}: {name} does not exist")
            if kind == "grants":
                for privilege in entry.get("privileges") or []:
                    self.access.revoke(entry["role"], privilege, *entry["on"])
            else:
                self.access.require_owner(role, TYPES[kind], entry["name"])
                self.dropped(TYPES[kind], entry["name"])
                if kind == "roles":
                    self.access.drop_role(entry["name"])
            self._kinds[kind].pop(entry["name"], None)
            identity = self.identities.pop((kind, entry["name"]), None)
            if identity:
                identity.remove()
            return entry["name"]

    def dropped(self, kind, name):
        """Grants on what was dropped are gone, and in a dropped database or schema everything that was in it."""
        with self.lock:
            self.access.drop(kind, name)
            grants = self._kinds["grants"]
            for key, grant in list(grants.items()):
                if grant["on"] == (kind, name):
                    del grants[key]
            if kind in ("DATABASE", "SCHEMA"):
                for entries in (self._kinds[each] for each in ("formats", "stages", "pipes", "tasks")):
                    for inside in [each for each in entries if each.startswith(f"{name}.")]:
                        del entries[inside]

    def _grant(self, entry, before, role):
        entry["role"] = object_name(f'"{entry["accountRoleName"]}"')
        entry["on"] = on = _granted_on(entry)
        if on[0] != "ACCOUNT" and not self._exists(*on):
            raise Missing(f"SQL compilation error: {on[0]} '{on[1]}' does not exist or not authorized.")
        for privilege in entry.get("privileges") or []:
            self.access.grant(role, entry["role"], privilege, *on, entry.get("withGrantOption") is True)
        for privilege in set((before or {}).get("privileges") or []) - set(entry.get("privileges") or []):
            self.access.revoke(entry["role"], privilege, *on)

    def _exists(self, kind, name):
        kinds = [each for each, known in TYPES.items() if known == kind]
        if kinds:
            return any(name in self._kinds[each] for each in kinds)
        return self.catalog.exists(kind, name)

    def _check_integrations(self, integration, _role):
        for location in integration["allowedLocations"]:
            if not location.startswith("s3://"):
                raise ValueError(f"integration {integration['name']}: the local cloud is the partition aws, not {location}")

    def _check_stages(self, stage, role):
        stage["integration"] = _key("integrations", stage["integration"])
        integration = self.get("integrations", stage["integration"])
        self.access.require(role, "USAGE", "INTEGRATION", integration["name"])
        if stage.get("format"):
            stage["format"] = self.get("formats", stage["format"])["name"]
        url = stage["url"]
        if not url.startswith("s3://"):
            raise ValueError(f"stage {stage['name']}: url {url} must begin with s3://")
        allowed, blocked = integration["allowedLocations"], integration.get("blockedLocations") or []
        if not _within(url, allowed) or _within(url, blocked):
            raise ValueError(
                f"stage {stage['name']}: location {url} is not allowed by integration {integration['name']}"
                f" (allowed: {', '.join(allowed)}; blocked: {', '.join(blocked) or 'none'})"
            )

    def _check_pipes(self, pipe, role):
        copy = parse_copy(pipe["copyStatement"])
        self.may_copy(role, copy)
        stage = self.get("stages", copy.stage)
        if pipe.get("errorIntegration"):
            pipe["errorIntegration"] = self.get("notifications", pipe["errorIntegration"])["name"]
            self.access.require(role, "USAGE", "INTEGRATION", pipe["errorIntegration"])
        bucket = location(stage["url"])[0]
        before = self._kinds["pipes"].get(pipe["name"])
        # What it was made with: an object that is made anew under the old name isn't this pipe's any more.
        pipe["made_with"] = before["made_with"] if before else self._identities_of(copy)
        pipe["stage"] = stage["name"]
        pipe["bucket"] = bucket
        if pipe.get("autoIngest", True):
            # Snowflake's queue for a bucket stays, whatever becomes of the pipes.
            self.channels[bucket] = self.channels.get(bucket) or Channel(bucket)
            pipe["notificationChannel"] = self.channels[bucket].arn

    def _identities_of(self, copy):
        """The very stage, format and table that a COPY names just now."""
        found = {kind: self._kinds[kind].get(name, {}).get("id") for kind, name in (("stages", copy.stage), ("formats", copy.format))}
        return {**found, "table": self.catalog.table_id(copy.table)}

    def stopped(self, pipe):
        """Why a pipe can't load any more, as SYSTEM$PIPE_STATUS says it; None while it can."""
        now = self._identities_of(parse_copy(pipe["copyStatement"]))
        if now["stages"] != pipe["made_with"]["stages"]:
            return "STOPPED_STAGE_DROPPED"
        if now["formats"] != pipe["made_with"]["formats"]:
            return "STOPPED_FILE_FORMAT_DROPPED"
        return None if now["table"] == pipe["made_with"]["table"] else "STOPPED_MISSING_TABLE"

    def _check_tasks(self, task, role):
        before = self._kinds["tasks"].get(task["name"], {})
        same = all(task.get(key) == before.get(key) for key in ("schedule", "started"))
        task["since"] = before["since"] if before and same else clock.now().isoformat()
        if task.get("schedule"):
            next_run(task["schedule"], clock.now())
        if task.get("started"):
            self.access.require(role, "EXECUTE TASK", "ACCOUNT", "")
        if task.get("warehouse"):
            task["warehouse"] = _key("warehouses", f'"{task["warehouse"]}"')
            self.access.require(role, "USAGE", "WAREHOUSE", self.get("warehouses", task["warehouse"])["name"])
        else:
            self.access.require(role, "EXECUTE MANAGED TASK", "ACCOUNT", "")
        if task.get("errorIntegration"):
            task["errorIntegration"] = self.get("notifications", task["errorIntegration"])["name"]
            self.access.require(role, "USAGE", "INTEGRATION", task["errorIntegration"])

    def may_copy(self, role, copy):
        """What COPY INTO a table takes."""
        table = ".".join(copy.table)
        if not self.catalog.exists("TABLE", table):
            raise Missing(f"SQL compilation error: Table '{table}' does not exist or not authorized.")
        self.get("stages", copy.stage)
        self.get("formats", copy.format)
        self.access.require(role, "INSERT", "TABLE", table)
        self.access.require(role, "USAGE", "STAGE", copy.stage)
        self.access.require(role, "USAGE", "FILE FORMAT", copy.format)

    def stage_access(self, stage_name):
        """(stage, bucket, prefix, credentials of the integration's role); what AWS refuses is raised as it comes."""
        stage = self.get("stages", stage_name)
        integration = self.get("integrations", stage["integration"])
        if integration.get("enabled") is False:
            raise ValueError(f"Integration {integration['name']} is not enabled")
        identity = self.identities[("integrations", integration["name"])]
        bucket, prefix = location(stage["url"])
        return stage, bucket, prefix, identity.assume(integration["roleArn"])


def location(url):
    """(bucket, prefix) of an s3:// URL."""
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    return bucket, prefix


def _granted_on(grant):
    """(type, name) of what a grant of the provider is on."""
    if grant.get("onAccount"):
        return "ACCOUNT", ""
    if grant.get("onSchema"):
        return "SCHEMA", object_name(grant["onSchema"]["schemaName"])
    on = grant.get("onAccountObject") or grant.get("onSchemaObject")
    if not on or not on.get("objectName"):
        raise ValueError("a grant needs onAccount, onAccountObject, onSchema or onSchemaObject with an object's name")
    return on["objectType"].upper(), object_name(on["objectName"])


def _within(url, locations):
    return any(place == "*" or url.startswith(place) for place in locations)


def _key(kind, name):
    return name if kind == "grants" else object_name(name)
