import assert from "node:assert/strict";
import { approve } from "../../../../cli/delta-approve/approve";
import { replay } from "../../../../cli/delta-replay/replay";
import { findVersion, versionOptions } from "../../../../cli/shared/exportTable";
import {
  type HeadEntry,
  headKey,
  type VersionEntry,
  versionKey,
} from "../../../../functions/export-delta-import/registry/entries";
import { nextWork } from "../../../../functions/export-delta-import/registry/readiness";
import { Registry } from "../../../../functions/export-delta-import/registry/registry";
import { MemoryStore } from "../../export-delta-import/memoryStore";

const pk = "acme#orders";

function entry(order: string, own: Partial<VersionEntry> = {}): VersionEntry {
  return {
    tenant: "acme",
    table: "orders",
    version: order,
    order,
    status: "imported",
    lastFileAt: 0,
    receivedAt: "2026-01-01T00:00:00.000Z",
    attempts: 5,
    execution: "execution:1",
    token: 3,
    delta: {
      id: `delta-${order}`,
      from: "",
      list: `deltas/${order}/files.json`,
      files: 1,
      counts: { inserted: 2, updated: 1, deleted: 4, unchanged: 0 },
    },
    ...own,
  };
}

async function world(versions: readonly VersionEntry[], head?: HeadEntry) {
  const store = new MemoryStore();
  const registry = new Registry({ store, now: () => 0, pause: async () => undefined });
  for (const item of versions) await store.write([{ key: versionKey(pk, item.order), revision: 0, item }]);
  if (head !== undefined) await store.write([{ key: headKey(pk), revision: 0, item: head }]);
  const started: string[] = [];
  const printed: string[] = [];
  const table = { pk, store, registry };
  const ports = {
    table,
    isRunning: async () => false,
    exists: async () => true,
    start: async () => void started.push("started"),
    print: (line: string) => void printed.push(line),
  };
  return { store, registry, table, ports, started, printed };
}

describe("delta-approve and delta-replay", () => {
  const waiting = entry("2", {
    status: "approval",
    approval: { reason: "It deletes 4 of 5 rows.", requestedAt: "", examples: ['id = "1"'], taskToken: "token" },
  });

  it("D16: the answer goes to the waiting import, after what would go was shown", async () => {
    const sent: string[][] = [];
    const printed: string[] = [];
    const ports = {
      answer: async (...args: string[]) => void sent.push(args),
      print: (line: string) => void printed.push(line),
    };
    await approve(waiting, { approved: true, by: "me" }, ports);
    await approve(waiting, { approved: false, by: "me", reason: "no" }, ports);
    assert.deepEqual(
      sent.map(([token, output = ""]) => [token, JSON.parse(output)]),
      [
        ["token", { approved: true, by: "me" }],
        ["token", { approved: false, by: "me", reason: "no" }],
      ],
    );
    assert.match(printed.join("\n"), /It deletes 4 of 5 rows\.[\s\S]*would go: id = "1"[\s\S]*Approved[\s\S]*Refused/);
  });

  it("D16: a version that doesn't wait, or whose import has ended, is said to be so", async () => {
    const ports = {
      answer: () => Promise.reject(Object.assign(new Error("x"), { name: "TaskTimedOut" })),
      print: () => {},
    };
    await assert.rejects(approve(entry("2"), { approved: true, by: "me" }, ports), /it is imported/);
    await assert.rejects(approve(waiting, { approved: true, by: "me" }, ports), /Nobody waits/);
  });

  it("D11: a version that is half-way is published anew under another delta's id, from its files", async () => {
    const { ports, table, store, started } = await world([entry("1"), entry("2", { status: "failed" })], {
      version: "1",
      order: "1",
      publishing: "2",
    });
    assert.deepEqual(await replay(await findVersion(table, "2"), ports, true), { action: "publish", version: "2" });
    assert.deepEqual(started, []);
    await replay(await findVersion(table, "2"), ports, false);
    const { item } = await findVersion(table, "2");
    assert.equal(item.status, "publishing");
    assert.equal(item.delta?.list, "deltas/2/files.json");
    assert.notEqual(item.delta?.id, "delta-2");
    assert.equal((await store.get<HeadEntry>(headKey(pk)))?.item.publishing, "2");
    assert.deepEqual(started, ["started"]);
  });

  it("D11: the version that was imported last is published anew; an older one isn't", async () => {
    const { ports, table, registry, started } = await world([entry("1"), entry("2")], { version: "2", order: "2" });
    await assert.rejects(async () => replay(await findVersion(table, "1"), ports, false), /newer and imported already/);
    await replay(await findVersion(table, "2"), ports, false);
    const head = (await registry.head(pk)).item;
    assert.deepEqual(head, { version: "2", order: "2", publishing: "2" });
    const work = nextWork(head, await registry.versions(pk), new Map(), { hasManifest: false, settleSeconds: 0 }, 0);
    assert.equal(work.kind, "resume");
    assert.deepEqual(started, ["started"]);
  });

  it("D5: nothing is touched while an import runs, or once the delta's files have expired", async () => {
    const { ports, table, started } = await world([entry("2")], { version: "2", order: "2" });
    const found = await findVersion(table, "2");
    await assert.rejects(
      replay(found, { ...ports, isRunning: async () => true }, false),
      /is being imported by execution:1/,
    );
    await assert.rejects(replay(found, { ...ports, exists: async () => false }, false), /have expired/);
    await assert.rejects(replay(found, { ...ports, exists: undefined }, false), /give --work-bucket/);
    assert.deepEqual(await findVersion(table, "2"), found);
    assert.deepEqual(started, []);
  });

  it("D4: a version that was refused or has failed is read anew, and an import takes it", async () => {
    const { ports, table, registry } = await world([entry("1"), entry("2", { status: "refused", reason: "bad" })], {
      version: "1",
      order: "1",
    });
    assert.deepEqual(await replay(await findVersion(table, "2"), ports, false), { action: "import", version: "2" });
    const { item } = await findVersion(table, "2");
    assert.deepEqual([item.status, item.attempts, item.reason], ["receiving", 0, undefined]);
    const work = nextWork(
      (await registry.head(pk)).item,
      await registry.versions(pk),
      new Map(),
      { hasManifest: false, settleSeconds: 0 },
      1,
    );
    assert.equal(work.kind, "import");
  });

  it("D4: a version that isn't there is told with those that are", async () => {
    const { table } = await world([entry("1")]);
    await assert.rejects(findVersion(table, "9"), /acme#orders has no version 9\. The newest are 1 \(imported\)/);
    assert.throws(() => versionOptions({ tenant: "acme", registry: "r" }), /--table is missing/);
    assert.throws(() => versionOptions({ tenant: "acme", table: "t", registry: "r" }), /--version is missing/);
    assert.throws(() => versionOptions({ tenant: "acme", table: "t", version: "1" }), /--registry is missing/);
  });
});
