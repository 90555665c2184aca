import assert from "node:assert/strict";
import type {
  FileEntry,
  HeadEntry,
  LockEntry,
  VersionEntry,
} from "../../../../functions/export-delta-import/registry/entries";
import { type Lease, LeaseLost, TableLock } from "../../../../functions/export-delta-import/registry/lock";
import { nextWork, readiness } from "../../../../functions/export-delta-import/registry/readiness";
import { Registry } from "../../../../functions/export-delta-import/registry/registry";
import { type Change, DynamoDbStore } from "../../../../functions/export-delta-import/registry/store";
import type { ExportKey } from "../../../../functions/export-delta-import/shared/exportKey";
import { MemoryStore } from "../memoryStore";

const PK = "acme#orders";

function keyOf(version: number, file = "a.gz"): ExportKey {
  return { tenant: "acme", table: "orders", version: String(version), order: `0${version}`, file };
}

function fileOf(key: ExportKey, etag = "e1", sequencer = "01"): FileEntry {
  return { file: key.file, bucket: "exports", key: `${key.version}/${key.file}`, etag, size: 1, sequencer };
}

function world() {
  const clock = { now: 1_000_000 };
  const store = new MemoryStore();
  const running = new Set<string>();
  const ports = { store, now: () => clock.now, pause: async () => {} };
  const lock = new TableLock({ ...ports, isRunning: async (arn) => running.has(arn), leaseMs: 60_000 });
  const take = async (owner: string): Promise<Lease> => {
    running.add(owner);
    const lease = await lock.acquire(PK, owner);
    assert.ok(!("heldBy" in lease), "the lock isn't to be had");
    return lease;
  };
  return { clock, store, running, lock, registry: new Registry(ports), take };
}

describe("export-delta-import: the lock of a table", () => {
  it("D5: one execution has it at a time, tables don't wait for each other", async () => {
    const { lock, take } = world();
    await take("one");
    assert.deepEqual(await lock.acquire(PK, "two"), { heldBy: "one" });
    assert.ok(!("heldBy" in (await lock.acquire("acme#items", "two"))));
  });

  it("D5: it is taken over from one that has ended, and from one whose lease has run out", async () => {
    const { lock, running, clock, take } = world();
    const first = await take("one");
    running.delete("one");
    const second = await take("two");
    assert.equal(second.token, first.token + 1);
    await assert.rejects(lock.renew(first), LeaseLost);
    await lock.release(first);
    assert.deepEqual(await lock.acquire(PK, "three"), { heldBy: "two" });
    clock.now += 60_001;
    const third = await take("three");
    assert.equal(third.token, second.token + 1);
    await assert.rejects(lock.renew(second), /has lost the lock of acme#orders \(token 2\) to three \(token 3\)/);
  });

  it("D5: a lease that is renewed isn't taken over, and tokens grow over a release", async () => {
    const { lock, clock, take } = world();
    const first = await take("one");
    clock.now += 50_000;
    await lock.renew(first);
    clock.now += 50_000;
    assert.deepEqual(await lock.acquire(PK, "two"), { heldBy: "one" });
    await lock.renew(first, 600_000);
    clock.now += 500_000;
    assert.deepEqual(await lock.acquire(PK, "two"), { heldBy: "one" });
    await lock.release(first);
    await lock.release(first);
    assert.equal((await take("two")).token, 2);
  });

  it("D5: of many that come at once exactly one gets it", async () => {
    const { lock, running, store } = world();
    const owners = Array.from({ length: 20 }, (_, i) => `execution-${i}`);
    for (const owner of owners) running.add(owner);
    const answers = await Promise.all(owners.map((owner) => lock.acquire(PK, owner)));
    const got = answers.filter((answer) => !("heldBy" in answer));
    assert.equal(got.length, 1);
    assert.equal((await store.get<LockEntry>({ pk: PK, sk: "lock" }))?.item.owner, (got[0] as Lease).owner);
  });
});

describe("export-delta-import: the registry", () => {
  it("D4: an upload is entered once; the same content again changes nothing, other content does until the import begins", async () => {
    const { registry, take } = world();
    const key = keyOf(1);
    assert.equal((await registry.file(key, fileOf(key))).state, "accepted");
    assert.equal((await registry.file(key, fileOf(key))).state, "known");
    assert.equal((await registry.file(key, fileOf(key, "e2", "02"))).state, "accepted");
    assert.equal((await registry.file(key, fileOf(key, "e0", "01"))).state, "overtaken");
    const lease = await take("one");
    const [version] = await registry.versions(PK);
    assert.ok(version && (await registry.take(lease, version, false)));
    const late = await registry.file(key, fileOf(key, "e3", "03"));
    assert.match(late.state === "refused" ? late.reason : "", /a\.gz came when the import of its version 1 had begun/);
    assert.equal((await registry.file(key, fileOf(key, "e2", "02"))).state, "known");
  });

  it("D4: two files at once are both there, and an import that looked before the second doesn't begin", async () => {
    const { registry, take } = world();
    const [a, b] = [keyOf(1, "a.gz"), keyOf(1, "b.gz")];
    await registry.file(a, fileOf(a));
    const [seen] = await registry.versions(PK);
    await Promise.all([registry.file(b, fileOf(b)), registry.file(keyOf(1, "c.gz"), fileOf(keyOf(1, "c.gz")))]);
    assert.deepEqual(
      (await registry.files(PK, "01")).map(({ file }) => file),
      ["a.gz", "b.gz", "c.gz"],
    );
    assert.ok(seen);
    assert.equal(await registry.take(await take("one"), seen, false), undefined);
  });

  it("D4: a version older than the imported one is refused, as is other content of the imported one", async () => {
    const { registry, take } = world();
    await imported(registry, await take("one"), 2);
    const old = await registry.file(keyOf(1), fileOf(keyOf(1)));
    assert.match(old.state === "refused" ? old.reason : "", /Version 1 came after version 2, which is newer/);
    const other = await registry.file(keyOf(2), fileOf(keyOf(2), "e9", "09"));
    assert.match(
      other.state === "refused" ? other.reason : "",
      /Version 2 is imported already, and this is other content/,
    );
    assert.equal((await registry.file(keyOf(2), fileOf(keyOf(2)))).state, "known");
    const twin = { ...keyOf(2), version: "002" };
    const twice = await registry.file(twin, fileOf(twin));
    assert.match(twice.state === "refused" ? twice.reason : "", /Version 002 has the order of version 2/);
  });

  it("D4: a refused or failed version begins anew with a corrected file, unless the target is on its way to it", async () => {
    const { registry, take } = world();
    const key = keyOf(1);
    await registry.file(key, fileOf(key));
    const lease = await take("one");
    await begun(registry, lease);
    await registry.change(lease, "01", (entry) => ({ ...entry, status: "refused", reason: "bad" }));
    assert.equal((await registry.file(key, fileOf(key, "e2", "02"))).state, "accepted");
    assert.equal((await registry.version(PK, "01"))?.status, "receiving");
    await begun(registry, lease);
    await registry.beginPublishing(lease, "01");
    await registry.change(lease, "01", (entry) => ({ ...entry, status: "failed" }));
    assert.equal((await registry.file(key, fileOf(key, "e3", "03"))).state, "refused");
  });

  it("D5: what a given-up invocation still writes after its import was stopped changes nothing", async () => {
    const { registry, take } = world();
    const key = keyOf(1);
    await registry.file(key, fileOf(key));
    const lease = await take("one");
    await begun(registry, lease);
    await registry.end(lease, "01", (entry) => ({ ...entry, status: "failed", reason: "stopped" }));
    await assert.rejects(registry.beginPublishing(lease, "01"), LeaseLost);
    await assert.rejects(
      registry.change(lease, "01", (entry) => ({ ...entry, status: "approval" })),
      /version 1 of acme#orders by one has ended: stopped/,
    );
    assert.equal((await registry.version(PK, "01"))?.status, "failed");
    assert.equal((await registry.head(PK)).item.publishing, undefined);
  });

  it("D5: who has lost the table can change nothing of its versions", async () => {
    const { registry, running, take } = world();
    const key = keyOf(1);
    await registry.file(key, fileOf(key));
    const first = await take("one");
    await begun(registry, first);
    running.delete("one");
    const second = await take("two");
    await begun(registry, second);
    const stale = [
      () => registry.change(first, "01", (entry) => ({ ...entry, status: "failed" })),
      () => registry.beginPublishing(first, "01"),
      () => registry.imported(first, "01", {}),
    ];
    for (const change of stale) await assert.rejects(change(), LeaseLost);
    const [version] = await registry.versions(PK);
    assert.ok(version);
    assert.equal(await registry.take(first, version, false), undefined);
    assert.equal(version.item.status, "importing");
  });

  async function begun(registry: Registry, lease: Lease): Promise<VersionEntry> {
    const version = (await registry.versions(PK)).at(-1);
    const taken = version && (await registry.take(lease, version, false));
    assert.ok(taken);
    return taken;
  }

  async function imported(registry: Registry, lease: Lease, version: number): Promise<void> {
    const key = keyOf(version);
    await registry.file(key, fileOf(key));
    await begun(registry, lease);
    await registry.imported(lease, key.order, {});
  }
});

describe("export-delta-import: what is to be done next", () => {
  const version = (order: string, own: Partial<VersionEntry> = {}) => ({
    revision: 1,
    item: {
      tenant: "acme",
      table: "orders",
      version: order,
      order,
      status: "receiving" as const,
      attempts: 0,
      lastFileAt: 0,
      receivedAt: "",
      ...own,
    },
  });
  const files = new Map<string, FileEntry[]>();
  const single = { hasManifest: false, settleSeconds: 0 };
  const head: HeadEntry = { version: "1", order: "1" };

  it("D4: the oldest version that is newer than the target's; one that is half-way to it goes first", () => {
    const versions = [version("3"), version("2"), version("0"), version("4", { status: "refused" })];
    const work = nextWork(head, versions, files, single, 10);
    assert.equal(work.kind === "import" ? work.version.item.order : work.kind, "2");
    const half = nextWork({ ...head, publishing: "3" }, [...versions], files, single, 10);
    assert.equal(half.kind === "resume" ? half.version.item.order : half.kind, "3");
    assert.equal(
      nextWork(head, [version("1"), version("4", { status: "imported" })], files, single, 10).kind,
      "nothing",
    );
  });

  it("D1: a version of several files waits until they settle, one with a manifest until all of them are there", () => {
    const settling = { hasManifest: false, settleSeconds: 60 };
    assert.deepEqual(nextWork(head, [version("2", { lastFileAt: 1_000 })], files, settling, 5_000), {
      kind: "wait",
      until: 61_000,
    });
    assert.equal(nextWork(head, [version("2", { lastFileAt: 1_000 })], files, settling, 61_000).kind, "import");
    const manifest = { hasManifest: true, settleSeconds: 0 };
    assert.deepEqual(readiness(version("2").item, [], manifest, 0), { state: "incomplete", missing: ["the manifest"] });
    const expected = version("2", { expected: ["a.gz", "b.gz"] }).item;
    assert.deepEqual(readiness(expected, [{ file: "a.gz" }], manifest, 0), { state: "incomplete", missing: ["b.gz"] });
    assert.deepEqual(readiness(expected, [{ file: "b.gz" }, { file: "a.gz" }], manifest, 0), { state: "ready" });
    // One whose files don't all come holds up nobody.
    const later = version("3", { expected: [] });
    const work = nextWork(head, [version("2", { expected: ["a.gz"] }), later], files, manifest, 0);
    assert.equal(work.kind === "import" ? work.version.item.order : work.kind, "3");
  });
});

describe("export-delta-import: the tables in DynamoDB", () => {
  const change = (sk: string, revision: number): Change => ({
    key: { pk: "p", sk },
    revision,
    item: { a: "1", n: 2, gone: undefined },
  });
  const storeWith = (answer: (input: Record<string, unknown>, name: string) => unknown) => {
    const sent: { name: string; input: Record<string, unknown> }[] = [];
    const client = {
      config: {},
      send: async (command: { input: Record<string, unknown> }) => {
        const name = command.constructor.name.replace("Command", "");
        sent.push({ name, input: command.input });
        return answer(command.input, name) ?? {};
      },
    };
    return { sent, store: new DynamoDbStore(client as never, "registry") };
  };

  it("D4: a new item is written if none is there, a known one if nobody has written it since, several all or none", async () => {
    const { sent, store } = storeWith(() => ({}));
    assert.equal(await store.write([change("a", 0)]), true);
    assert.equal(await store.write([change("a", 3)]), true);
    assert.equal(await store.write([change("a", 3), change("b", 0)]), true);
    const item = { a: { S: "1" }, n: { N: "2" }, pk: { S: "p" }, sk: { S: "a" } };
    assert.deepEqual(sent[0]?.input, {
      TableName: "registry",
      Item: { ...item, revision: { N: "1" } },
      ConditionExpression: "attribute_not_exists(pk)",
    });
    assert.equal(sent[1]?.input.ConditionExpression, "revision = :revision");
    assert.deepEqual(sent[1]?.input.ExpressionAttributeValues, { ":revision": { N: "3" } });
    assert.equal(sent[2]?.name, "TransactWriteItems");
  });

  it("D4: being overtaken is an answer, everything else an error", async () => {
    const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name, ...more });
    const failing = (error: Error) =>
      storeWith(() => {
        throw error;
      }).store.write([change("a", 1), change("b", 1)]);
    const cancelled = (...codes: string[]) =>
      named("TransactionCanceledException", { CancellationReasons: codes.map((Code) => ({ Code })) });
    assert.equal(await failing(named("ConditionalCheckFailedException")), false);
    assert.equal(await failing(cancelled("None", "ConditionalCheckFailed")), false);
    assert.equal(await failing(cancelled("TransactionConflict", "None")), false);
    await assert.rejects(failing(cancelled("None", "ThrottlingError")));
    await assert.rejects(failing(named("ResourceNotFoundException")));
  });

  it("D4: what was written is read back as it was", async () => {
    const entry = { a: "x", n: 1.5, flag: true, list: ["p", 2], map: { inner: null, deep: { t: "ü" } } };
    let written: Record<string, unknown> = {};
    const { store } = storeWith((input, name) => {
      if (name === "PutItem") written = input.Item as Record<string, unknown>;
      return name === "GetItem" ? { Item: written } : {};
    });
    await store.write([{ key: { pk: "p", sk: "s" }, revision: 4, item: entry, expiresAt: 99 }]);
    assert.deepEqual(await store.get({ pk: "p", sk: "s" }), { item: entry, revision: 5 });
    assert.deepEqual(written.expiresAt, { N: "99" });
  });
});
