import assert from "node:assert/strict";
import { control } from "../../../../functions/export-delta-import/control/control";
import type { ControlPorts } from "../../../../functions/export-delta-import/control/ports";
import { resultRows } from "../../../../functions/export-delta-import/control/resultRows";
import { Progress } from "../../../../functions/export-delta-import/progress/progress";
import {
  manifestFiles,
  type RegisterPorts,
  register,
} from "../../../../functions/export-delta-import/register/register";
import { TableLock } from "../../../../functions/export-delta-import/registry/lock";
import { Registry } from "../../../../functions/export-delta-import/registry/registry";
import type { TableConfig } from "../../../../functions/export-delta-import/shared/config";
import { exportSchema } from "../../../../functions/export-delta-import/shared/schema";
import type { ObjectEvent } from "../../../../functions/s3-to-dynamodb/collect/events";
import { MemoryStore } from "../memoryStore";
import { table } from "../tables";

const ORDERS = { tenant: "acme", table: "orders" };

/** A control function with everything in memory; its clock stands still. */
function world(tables: Readonly<Record<string, TableConfig>> = { orders: table() }, manifestName = "") {
  const store = new MemoryStore();
  const time = { now: () => Date.parse("2026-05-01T00:00:00Z"), pause: async () => {} };
  const started: string[] = [];
  const objects = new Map<string, string>();
  const registry = new Registry({ ...time, store });
  const config = { prefix: "", versionOrder: "number" as const, manifestName, tables };
  const ports: ControlPorts = {
    config,
    registry,
    now: time.now,
    count: () => {},
    log: { info: () => {}, warn: () => {} },
    lock: new TableLock({ ...time, store: new MemoryStore(), isRunning: async () => true, leaseMs: 60_000 }),
    progress: new Progress({ ...time, store }),
    settings: {
      database: "imports",
      workBucket: "work",
      targets: ["dynamodb"],
      dollarsPerTerabyte: 5,
      approvalSeconds: 7_200,
    },
    work: {
      text: async (key) => objects.get(key) ?? "",
      async *lines(key) {
        yield* (objects.get(key) ?? "").split("\n");
      },
      put: async (key, body) => void objects.set(key, String(body)),
      removeAll: async () => {},
    },
    start: async (_, name) => void started.push(name),
  };
  const registerPorts: RegisterPorts = {
    config,
    registry,
    count: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
    read: async ({ key }) => objects.get(key) ?? "",
    start: ports.start,
  };
  const upload = (key: string, etag = "e1") => register(objectEvent(key, etag), registerPorts);
  const step = (name: string, more: object = {}) =>
    control({ step: name, ...ORDERS, execution: "me", order: orderOf(1), token: 1, ...more }, ports);
  return { store, started, objects, registry, ports, upload, step };
}

function objectEvent(key: string, etag: string): ObjectEvent {
  return { bucket: "exports", key, etag, size: 1, sequencer: "", time: "" };
}

function orderOf(version: number): string {
  return String(version).padStart(18, "0");
}

const rows = (...values: readonly (readonly (string | undefined)[])[]) =>
  values.map((row) => ({ Data: row.map((value) => (value === undefined ? {} : { VarCharValue: value })) }));

describe("export-delta-import: registering an upload", () => {
  it("D3: an upload starts one execution, however often its event comes", async () => {
    const { upload, started } = world();
    assert.equal((await upload("acme/orders/1/a.gz")).state, "accepted");
    assert.equal((await upload("acme/orders/1/a.gz")).state, "known");
    assert.equal(started.length, 2);
    assert.equal(new Set(started).size, 1);
    await upload("acme/orders/1/a.gz", "e2");
    assert.equal(new Set(started).size, 2);
    for (const name of started) assert.match(name, /^[0-9A-Za-z_-]{1,80}$/);
  });

  it("D1: what can't be an export is in the registry with its reason, and starts nothing", async () => {
    const { upload, started, store } = world();
    const refused = [
      ["a'; DROP/orders/1/a.gz", /the tenant is "a'; DROP"/],
      ["acme/unknown/1/a.gz", /Table unknown isn't configured/],
      ["acme/orders/one/a.gz", /the version is "one", expected a whole number/],
    ] as const;
    for (const [key, reason] of refused) assert.match((await upload(key)).reason ?? "", reason);
    assert.equal((await upload("acme/orders/1/")).state, "ignored");
    const kept = await store.query<{ key: string; reason: string }>("#refused", "");
    assert.deepEqual(kept.map(({ item }) => item.key).sort(), refused.map(([key]) => key).sort());
    assert.ok(kept.every(({ item }) => item.reason.includes("Fix:")));
    assert.deepEqual(started, []);
  });

  it("D1: a manifest names a version's files; without sound names it is refused", async () => {
    const { upload, objects, registry, step } = world({ orders: table() }, "_files.json");
    objects.set("acme/orders/1/_files.json", '{"files": ["a.gz", "b.gz"]}');
    await upload("acme/orders/1/_files.json");
    await upload("acme/orders/1/a.gz");
    assert.deepEqual(await step("begin"), { decision: "nothing", reason: "no version waits to be imported" });
    await upload("acme/orders/1/b.gz");
    const begun = (await step("begin")) as { decision: string; groups: number; version: string };
    assert.deepEqual([begun.decision, begun.groups, begun.version], ["import", 2, "1"]);
    assert.deepEqual((await registry.version("acme#orders", orderOf(1)))?.expected, ["a.gz", "b.gz"]);
    assert.deepEqual(manifestFiles('["x.gz", "x.gz"]'), ["x.gz"]);
    for (const text of ["{}", "[1]", '["a/b.gz"]', '{"files": "a.gz"}', "null", "not JSON"]) {
      assert.equal(typeof manifestFiles(text), "string", text);
    }
  });
});

describe("export-delta-import: the steps of an import", () => {
  /** A version that was read, with these columns. */
  async function imported(
    of: ReturnType<typeof world>,
    columns: readonly string[],
    config = table(),
    version = 1,
  ): Promise<void> {
    await of.upload(`acme/orders/${version}/a.gz`);
    await of.step("begin");
    const lease = { pk: "acme#orders", owner: "me", token: version };
    const schema = exportSchema(config, columns);
    const read = { token: version, done: true, offset: 0, line: 1, parts: 1, rows: 2, badRecords: 0, schema };
    await of.registry.fileRead(lease, orderOf(version), "a.gz", read);
  }

  it("D6: the first export has no version before it; its statements read its parts alone", async () => {
    const of = world();
    await imported(of, ["id", "name"]);
    const plan = (await of.step("plan", { attempt: 0 })) as {
      tables: { Name: string; StorageDescriptor: { Location: string } }[];
      delta: string;
    };
    assert.deepEqual(
      plan.tables.map(({ Name }) => Name.replace(/^v1_0_[0-9a-f]{16}_/, "")),
      ["new", "delta"],
    );
    assert.equal(plan.tables[0]?.StorageDescriptor.Location, `s3://work/staged/acme/orders/${orderOf(1)}/1/`);
    assert.match(plan.delta, /^UNLOAD \(SELECT 'INSERT' AS "op"/);
    const again = (await of.step("plan", { attempt: 1 })) as { delta: string };
    assert.notEqual(/TO '([^']*)'/.exec(again.delta)?.[1], /TO '([^']*)'/.exec(plan.delta)?.[1]);
  });

  it("D8: keys that repeat or are missing refuse the export, with examples", async () => {
    const { step } = world();
    const refused = step("refuseKeys", {
      duplicateKeys: 2,
      nullRows: 1,
      rows: rows(["k1", "k2", "n"], ["1", "x", "3"], [undefined, "y", "1"]),
    });
    await assert.rejects(refused, {
      name: "ExportRefused",
      message:
        /^2 keys are in more than one row, and 1 row has no complete key, for example \("1", "x"\) in 3 rows; \(NULL, "y"\) in 1 row\. Fix:/,
    });
  });

  it("D14: the review counts operations, bytes and dollars, and lists the files that the query wrote", async () => {
    const of = world();
    await imported(of, ["id", "name"]);
    await of.step("plan", { attempt: 0 });
    of.objects.set("athena/q-manifest.csv", "s3://work/deltas/x/2.gz\ns3://work/deltas/x/1.gz\n");
    const review = { rows: 2, manifest: "s3://work/athena/q-manifest.csv", bytesScanned: [1_024 ** 4, 5] };
    const counts = rows(["op", "n"], ["INSERT", "2"]);
    const reviewed = (await of.step("review", { ...review, counts })) as { decision: string; inserted: number };
    assert.deepEqual([reviewed.decision, reviewed.inserted], ["publish", 2]);
    const version = await of.registry.version("acme#orders", orderOf(1));
    assert.equal(version?.bytesScanned, 1_024 ** 4 + 5);
    // Athena takes 10 MB at least of each query.
    assert.ok(Math.abs((version?.scanCost ?? 0) - 5 - (5 * 10) / 1_024 ** 2) < 1e-9);
    assert.deepEqual(JSON.parse(of.objects.get(version?.delta?.list ?? "") ?? ""), ["deltas/x/1.gz", "deltas/x/2.gz"]);
    const wrong = of.step("review", { ...review, counts: rows(["op", "n"], ["INSERT", "3"]) });
    await assert.rejects(wrong, /counts contradict the exports'/);
    of.objects.set("athena/other.csv", "s3://other/x.gz");
    const elsewhere = of.step("review", { ...review, counts, manifest: "s3://work/athena/other.csv" });
    await assert.rejects(elsewhere, /isn't in the work bucket/);
  });

  it("D16: the review asks when a delta deletes more than the table's own share of the rows before, and not below", async () => {
    for (const [maxDeletedShare, decision] of [
      [0.5, "publish"],
      [0.49, "ask"],
    ] as const) {
      const config = table({ maxDeletedShare });
      const of = world({ orders: config });
      of.objects.set("none", "");
      const review = { manifest: "s3://work/none", bytesScanned: [] };
      await imported(of, ["id", "name"], config);
      await of.step("plan", { attempt: 0 });
      await of.step("review", { ...review, rows: 2, counts: rows(["op", "n"], ["INSERT", "2"]) });
      await of.step("beginPublishing");
      await of.step("finish", { published: 2, applied: 2 });
      await imported(of, ["id", "name"], config, 2);
      const second = { order: orderOf(2), token: 2 };
      await of.step("plan", { attempt: 0, ...second });
      const reviewed = await of.step("review", {
        ...review,
        ...second,
        rows: 1,
        counts: rows(["op", "n"], ["DELETE", "1"]),
      });
      assert.equal((reviewed as { decision: string }).decision, decision);
    }
  });

  it("D16: a delta that deletes too much asks, with what would go and the commands; a refusal refuses the export", async () => {
    const of = world();
    await imported(of, ["id", "name"]);
    const lease = { pk: "acme#orders", owner: "me", token: 1 };
    const schema = exportSchema(table(), ["id", "name"]);
    of.objects.set("list", '["f1"]');
    of.objects.set("f1", '{"op":"INSERT","k1":"a"}\n{"op":"DELETE","k1":"it\'s"}\n{"op":"DELETE","k1":"b"}');
    await of.registry.change(lease, orderOf(1), (entry) => ({
      ...entry,
      staged: { prefix: "", schema, schemaHash: "", changes: [], badRecords: 0, rows: 1 },
      delta: {
        id: "d",
        from: "0",
        list: "list",
        files: 1,
        counts: { inserted: 1, updated: 0, deleted: 2, unchanged: 0 },
      },
    }));
    const asked = (await of.step("question", { reason: "The delta deletes 2 of 3 rows.", registry: "reg" })) as {
      message: string;
    };
    assert.match(asked.message, /The delta deletes 2 of 3 rows[\s\S]*1 inserted, 0 updated, 2 deleted/);
    assert.match(asked.message, /id = "it's"; id = "b"/);
    assert.match(asked.message, /delta-approve --registry reg --tenant acme --table orders --version 1\n/);
    assert.doesNotMatch(asked.message, /secret-token/);
    await of.step("awaitApproval", { taskToken: "secret-token" });
    const waiting = await of.registry.version("acme#orders", orderOf(1));
    assert.deepEqual([waiting?.status, waiting?.approval?.taskToken], ["approval", "secret-token"]);
    await assert.rejects(of.step("approved", { approved: false, by: "ann", reason: "wrong file" }), {
      name: "ExportRefused",
      message: "ann has refused the delta: wrong file",
    });
    await of.step("approved", { approved: true, by: "ann" });
    const through = await of.registry.version("acme#orders", orderOf(1));
    assert.deepEqual([through?.approval?.approvedBy, through?.approval?.taskToken], ["ann", ""]);
  });

  it("D11: an import isn't done while a target has given up operations", async () => {
    const of = world();
    await imported(of, ["id", "name"]);
    await of.registry.change({ pk: "acme#orders", owner: "me", token: 1 }, orderOf(1), (entry) => ({
      ...entry,
      delta: { id: "d", from: "", list: "l", files: 1, counts: { inserted: 2, updated: 0, deleted: 0, unchanged: 0 } },
    }));
    const { progress } = of.ports;
    await progress.savePublished("d", 0, { lines: 2, done: true, shards: { s: "2" } });
    const place = { deltaId: "d", target: "dynamodb", shard: "s" };
    await progress.saveApplied(place, [{ sequenceNumber: "1", outcome: "applied" }]);
    assert.deepEqual(await of.step("settle"), { state: "waiting", published: 2, applied: 1 });
    await progress.saveApplied(place, [{ sequenceNumber: "2", outcome: "failed" }]);
    await assert.rejects(of.step("settle"), { name: "OperationsFailed", message: /1 by dynamodb/ });
  });

  it("D5: what stopped executions leave is freed by their event, which may come twice and may be another's", async () => {
    const of = world();
    await of.upload("acme/orders/1/a.gz");
    await of.step("begin");
    const ended = (executionArn: string, status = "ABORTED") =>
      control({ detail: { executionArn, status, input: JSON.stringify(ORDERS) } }, of.ports);
    assert.deepEqual(await ended("another"), { released: false });
    assert.deepEqual(await ended("me", "RUNNING"), { released: false });
    assert.deepEqual(await ended("me"), { released: true });
    assert.deepEqual(await ended("me"), { released: false });
    const version = await of.registry.version("acme#orders", orderOf(1));
    assert.deepEqual([version?.status, version?.reason], ["failed", "Its execution ended as ABORTED: me"]);
    assert.ok(!("heldBy" in (await of.ports.lock.acquire("acme#orders", "next"))));
  });

  it("D5: executions that never get as far as the lock replace each other three times at most", async () => {
    const of = world();
    await of.upload("acme/orders/1/a.gz");
    let name = of.started.pop() ?? "";
    for (let i = 1; i <= 4; i++) {
      const detail = {
        executionArn: `arn:aws:states:us-east-1:1:execution:m:${name}`,
        status: "FAILED",
        input: JSON.stringify(ORDERS),
      };
      await control({ detail }, of.ports);
      const next = of.started.pop();
      if (i === 4) return assert.equal(next, undefined);
      assert.match(next ?? "", new RegExp(`-again-${i}$`));
      name = next ?? "";
    }
  });

  it("D14: Athena's rows are read by their columns, and anything else is an error", () => {
    assert.deepEqual(resultRows(rows(["a", "b"], ["1", undefined])), [{ a: "1", b: undefined }]);
    assert.throws(() => resultRows(undefined), /no rows/);
    assert.throws(() => resultRows([]), /no rows/);
  });

  it("D3: an unknown step is an error", async () => {
    await assert.rejects(world().step("explode"), { name: "InputError" });
    await assert.rejects(world().step("constructor"), { name: "InputError" });
  });
});
