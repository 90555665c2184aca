"""The Snowflake objects that fakesnow hasn't: kept by kind and name, with what Snowflake generates for them."""

import threading

from copy_statement import object_name, parse_copy
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
    "grants": (),
}


class Missing(Exception):
    pass


class Registry:
    def __init__(self):
        self.lock = threading.RLock()
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

    def put(self, kind, body):
        name = body.get("name")
        absent = [field for field in ("name", *REQUIRED[kind]) if not body.get(field)]
        if absent:
            raise ValueError(f"{kind} {name}: {', '.join(absent)} missing; see local/fakesnow/README.md")
        entry = {**body, "name": _key(kind, name)}
        with self.lock:
            getattr(self, f"_check_{kind}", lambda _: None)(entry)
            if kind in ("integrations", "notifications"):
                identity = self.identities.get((kind, entry["name"])) or Identity(f"{kind}:{entry['name']}")
                self.identities[(kind, entry["name"])] = identity
                entry |= {"iamUserArn": identity.arn, "externalId": identity.external_id}
            self._kinds[kind][entry["name"]] = entry
            return dict(entry)

    def delete(self, kind, name):
        with self.lock:
            entry = self._kinds[kind].pop(_key(kind, name), None)
            if entry is None:
                raise Missing(f"{kind}: {name} does not exist")
            identity = self.identities.pop((kind, entry["name"]), None)
            if identity:
                identity.remove()
            if kind == "pipes":
                self._drop_channel(entry)

    def _check_stages(self, stage):
        stage["integration"] = _key("integrations", stage["integration"])
        integration = self.get("integrations", stage["integration"])
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

    def _check_pipes(self, pipe):
        copy = parse_copy(pipe["copyStatement"])
        stage = self.get("stages", copy.stage)
        self.get("formats", copy.format)
        if pipe.get("errorIntegration"):
            pipe["errorIntegration"] = self.get("notifications", pipe["errorIntegration"])["name"]
        bucket = location(stage["url"])[0]
        pipe["stage"] = stage["name"]
        pipe["bucket"] = bucket
        if pipe.get("autoIngest", True):
            self.channels[bucket] = self.channels.get(bucket) or Channel(bucket)
            pipe["notificationChannel"] = self.channels[bucket].arn

    def _drop_channel(self, pipe):
        bucket = pipe["bucket"]
        if bucket in self.channels and not any(other["bucket"] == bucket for other in self._kinds["pipes"].values()):
            self.channels.pop(bucket).remove()

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


def _within(url, locations):
    return any(place == "*" or url.startswith(place) for place in locations)


def _key(kind, name):
    return name if kind == "grants" else object_name(name)
