import assert from "node:assert/strict";
import type { KinesisStreamEvent } from "aws-lambda";
import fc from "fast-check";
import { type ApplyPorts, applyBatch, OperationRefused } from "../../../../functions/export-delta-import/apply/apply";
import { DynamoDbTarget } from "../../../../functions/export-delta-import/apply/dynamoDbTarget";
import { targetItem, targetKey } from "../../../../functions/export-delta-import/apply/item";
import { parseOperation, type StreamOperation } from "../../../../functions/export-delta-import/apply/operation";
import { Progress } from "../../../../functions/export-delta-import/progress/progress";
import { partitionKey } from "../../../../functions/export-delta-import/shared/operation";
import { MemoryStore } from "../memoryStore";
import { recordOf } from "../simulation/stream";

interface Given {
  readonly id: string;
  readonly op?: string;
  readonly version?: string;
  readonly delta?: string;
}

function textOf({ id, op = "INSERT", version = "5", delta = "d1" }: Given): string {
  const row = op === "DELETE" ? null : { id, v: version };
  return JSON.stringify({
    deltaId: delta,
    tenant: "acme",
    table: "orders",
    version,
    op,
    key: { id },
    row,
    sequence: 1,
  });
}

function eventOf(given: readonly (Given | string)[]): KinesisStreamEvent {
  return {
    Records: given.map((each, i) => {
      const id = typeof each === "string" ? each : each.id;
      const text = typeof each === "string" ? each : textOf(each);
      return recordOf("s1", String(100 + i), partitionKey("acme", "orders", [id]), Buffer.from(text));
    }),
  };
}

/** A target in memory that fails where it is told to. */
function world(
  own: Partial<ApplyPorts> & { fail?: (operation: StreamOperation, attempt: number) => Error | undefined } = {},
) {
  const store = new MemoryStore();
  const progress = new Progress({ store, now: () => 0, pause: async () => {} });
  const rows = new Map<string, string>();
  const writes: string[] = [];
  const givenUp: string[] = [];
  const attempts = new Map<string, number>();
  const { fail, ...given } = own;
  const ports: ApplyPorts = {
    progress,
    versionOrder: "number",
    concurrency: 4,
    count: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
    registry: { head: async () => ({ item: { version: "", order: "" }, revision: 0 }) },
    giveUp: async (_, reason) => void givenUp.push(reason),
    target: {
      name: "memory",
      write: async (operation, order) => {
        const id = String(operation.key.id);
        const attempt = (attempts.get(id) ?? 0) + 1;
        attempts.set(id, attempt);
        const error = fail?.(operation, attempt);
        if (error !== undefined) throw error;
        writes.push(`${operation.op} ${id} ${operation.version}`);
        if ((rows.get(id) ?? "") > order) return "stale";
        if (operation.op === "DELETE") rows.delete(id);
        else rows.set(id, order);
        return "applied";
      },
    },
    ...given,
  };
  return {
    rows,
    writes,
    givenUp,
    progress,
    apply: (event: KinesisStreamEvent) => applyBatch(event, ports),
    run: (given: readonly (Given | string)[]) => applyBatch(eventOf(given), ports),
  };
}

const orderOf = (version: string): string => version.padStart(18, "0");

describe("export-delta-import: applying operations", () => {
  it("D11: operations of a key follow each other, those of others run beside", async () => {
    let atOnce = 0;
    let most = 0;
    const { writes, run } = world({
      target: {
        name: "memory",
        write: async (operation) => {
          most = Math.max(most, ++atOnce);
          await new Promise((resolve) => setImmediate(resolve));
          atOnce--;
          writes.push(`${operation.op} ${String(operation.key.id)}`);
          return "applied";
        },
      },
    });
    const batch = [...Array(20).keys()].flatMap((i): Given[] => [
      { id: `k${i}` },
      { id: `k${i}`, op: "DELETE", version: "6" },
    ]);
    assert.deepEqual(await run(batch), { batchItemFailures: [] });
    for (const id of new Set(batch.map((each) => each.id))) {
      assert.deepEqual(
        writes.filter((write) => write.endsWith(` ${id}`)),
        [`INSERT ${id}`, `DELETE ${id}`],
      );
    }
    assert.equal(most, 4);
  });

  it("D11: from the first record on that fails everything comes again, and nothing that follows on it overtakes it", async () => {
    const { writes, progress, run } = world({
      fail: ({ key }, attempt) => (key.id === "b" && attempt === 1 ? new Error("throttled") : undefined),
    });
    const batch: Given[] = [{ id: "a" }, { id: "b" }, { id: "c" }, { id: "b", op: "DELETE", version: "6" }];
    assert.deepEqual(await run(batch), { batchItemFailures: [{ itemIdentifier: "101" }] });
    assert.ok(!writes.some((write) => write.includes(" b ")));
    assert.deepEqual((await progress.of("d1", 0, ["memory"])).targets[0]?.processed, 1);
    await run(batch);
    assert.deepEqual(
      writes.filter((write) => write.includes(" b ")),
      ["INSERT b 5", "DELETE b 6"],
    );
  });

  it("D11: a row never goes back to an older version, and what a later version has deleted doesn't come back", async () => {
    const { rows, progress, run } = world({
      registry: {
        head: async () => ({ item: { version: "6", order: orderOf("6"), publishing: orderOf("7") }, revision: 1 }),
      },
    });
    rows.set("kept", orderOf("7"));
    const late: Given[] = [
      { id: "kept", version: "6" },
      { id: "deleted", version: "6" },
      { id: "kept", op: "DELETE", version: "6" },
    ];
    assert.deepEqual(await run([...late, { id: "new", version: "7" }]), { batchItemFailures: [] });
    assert.deepEqual([...rows.keys()], ["kept", "new"]);
    assert.deepEqual((await progress.of("d1", 0, ["memory"])).targets[0], {
      target: "memory",
      caughtUp: true,
      processed: 4,
      stale: 3,
      failed: 0,
    });
  });

  it("D11: an operation that the target can never hold, and a record that isn't one, go to the dead-letter queue; the rest is applied", async () => {
    const { rows, givenUp, progress, run } = world({
      fail: ({ key }) => (key.id === "huge" ? new OperationRefused("too large") : undefined),
    });
    const batch = ["no JSON", '{"deltaId":"d1"}', { id: "huge" }, { id: "fine" }, textOf({ id: "x", version: "v1" })];
    assert.deepEqual(await run(batch), { batchItemFailures: [] });
    assert.deepEqual([...rows.keys()], ["fine"]);
    assert.equal(givenUp.length, 4);
    assert.match(givenUp.join("\n"), /tenant is missing[\s\S]*too large|too large[\s\S]*tenant is missing/);
    assert.equal((await progress.of("d1", 0, ["memory"])).targets[0]?.failed, 2);
  });

  it("D11: an operation that can't even be given up comes again", async () => {
    const { run } = world({ giveUp: async () => Promise.reject(new Error("no queue")) });
    assert.deepEqual(await run([{ id: "a" }, "no JSON"]), { batchItemFailures: [{ itemIdentifier: "101" }] });
  });

  it("D11: batches in any cut, repeated from any record on, end as one batch does, and count each record once", async () => {
    const ids = fc.constantFrom("a", "b", "c", "d");
    const given = fc.array(
      fc.record({ id: ids, op: fc.constantFrom("INSERT", "UPDATE", "DELETE"), version: fc.constantFrom("5", "6") }),
      { minLength: 1, maxLength: 12 },
    );
    const cuts = fc.array(fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: 12 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(given, cuts, async (unsorted, repeated) => {
        // A delta of a later version is published when the earlier one is applied.
        const batch = [...unsorted].sort((a, b) => (a.version < b.version ? -1 : 1));
        const once = world();
        await once.run(batch);
        const again = world();
        const all = eventOf(batch).Records;
        // The stream goes on only after what was dealt with, but may go back to any record.
        let dealtWith = 0;
        for (const [back, to] of repeated) {
          const from = back % (dealtWith + 1);
          if (to > from) await again.apply({ Records: all.slice(from, to) });
          dealtWith = Math.max(dealtWith, Math.min(to, all.length));
        }
        await again.apply({ Records: all });
        assert.deepEqual(new Map([...again.rows].sort()), new Map([...once.rows].sort()));
        const progress = (await again.progress.of("d1", 0, ["memory"])).targets[0];
        assert.equal(progress?.processed, batch.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe("export-delta-import: progress of a target", () => {
  const place = { deltaId: "d1", target: "memory", shard: "s1" };
  const seen = (...numbers: number[]) =>
    numbers.map((n) => ({ sequenceNumber: String(n), outcome: "applied" as const }));
  const start = () => new Progress({ store: new MemoryStore(), now: () => 0, pause: async () => {} });

  it("D11: a target has caught up when it has dealt with the last record of every shard, not when the counts are equal", async () => {
    const progress = start();
    await progress.savePublished("d1", 0, { lines: 3, done: true, shards: { s1: "102", s2: "201" } });
    // The stream has an operation twice: as many as were published, but not the last one.
    await progress.saveApplied(place, seen(99, 100, 101));
    const caughtUp = async () => (await progress.of("d1", 1, ["memory"])).targets[0]?.caughtUp;
    assert.equal(await caughtUp(), false);
    await progress.saveApplied(place, seen(102));
    assert.equal(await caughtUp(), false);
    await progress.saveApplied({ ...place, shard: "s2" }, seen(201));
    assert.equal(await caughtUp(), true);
  });

  it("D11: a record counts once, however often its batch comes; numbers of any length are compared as numbers", async () => {
    const progress = start();
    await progress.saveApplied(place, seen(98, 99, 100));
    await progress.saveApplied(place, seen(99, 100, 101));
    const { processed } = (await progress.of("d1", 0, ["memory"])).targets[0] ?? {};
    assert.equal(processed, 4);
  });

  it("D13: nothing has caught up while a file is still being published", async () => {
    const progress = start();
    await progress.savePublished("d1", 0, { lines: 1, done: true, shards: {} });
    assert.deepEqual(await progress.of("d1", 2, ["memory"]), {
      published: undefined,
      targets: [{ target: "memory", caughtUp: false, processed: 0, stale: 0, failed: 0 }],
    });
    await progress.savePublished("d1", 1, { lines: 5, done: true, shards: {} });
    await progress.savePublished("d1", 1, { lines: 2, done: false, shards: {} });
    assert.equal((await progress.of("d1", 2, ["memory"])).published, 6);
  });
});

describe("export-delta-import: rows in DynamoDB", () => {
  const operation = parseOperation(
    '{"deltaId":"d","tenant":"acme","table":"orders","version":"7","op":"UPDATE","key":{"id":5,"na#me":"a"},"row":{"id":5,"na#me":"a","n":null,"f":true,"big":12345678901234567890.10,"e":1e+21},"sequence":1}',
  );

  it("D11: a row is an item with its columns, numbers to the last digit, under its key", () => {
    const item = targetItem(operation, "07", 4);
    const { pk, sk } = targetKey(operation, 4);
    assert.match(pk, /^acme\/orders#0[0-3]$/);
    assert.equal(sk, "5#a");
    assert.deepEqual(item, {
      pk: { S: pk },
      sk: { S: sk },
      _tenant: { S: "acme" },
      _table: { S: "orders" },
      _version: { S: "7" },
      _order: { S: "07" },
      id: { N: "5" },
      "na#me": { S: "a" },
      n: { NULL: true },
      f: { BOOL: true },
      big: { N: "12345678901234567890.10" },
      e: { N: "1e+21" },
    });
  });

  it("D11: writes ask that nothing newer is there; one that is refused so is stale, one that never fits is given up", async () => {
    const sent: Record<string, unknown>[] = [];
    const target = (name?: string, message = "") =>
      new DynamoDbTarget(
        {
          send: async (command: { input: Record<string, unknown> }) => {
            sent.push({ command: command.constructor.name, ...command.input });
            if (name !== undefined) throw Object.assign(new Error(message), { name });
          },
        } as never,
        "rows",
        4,
      );
    assert.equal(await target().write(operation, "07"), "applied");
    assert.equal(
      await target("ConditionalCheckFailedException").write({ ...operation, op: "DELETE", row: null }, "07"),
      "stale",
    );
    assert.deepEqual(
      sent.map(({ command }) => command),
      ["PutItemCommand", "DeleteItemCommand"],
    );
    for (const each of sent) {
      assert.equal(each.ConditionExpression, "attribute_not_exists(pk) OR #order <= :order");
      assert.deepEqual(each.ExpressionAttributeValues, { ":order": { S: "07" } });
    }
    await assert.rejects(
      target("ValidationException", "Item size has exceeded").write(operation, "07"),
      OperationRefused,
    );
    const keys = "The provided key element does not match the schema";
    await assert.rejects(target("ValidationException", keys).write(operation, "07"), { name: "ValidationException" });
    await assert.rejects(target("ThrottlingException").write(operation, "07"), { name: "ThrottlingException" });
  });

  it("D11: numbers of up to 15 digits and longer ones are read alike, in texts they stay text", () => {
    const read = (row: string) =>
      parseOperation(
        `{"deltaId":"d","tenant":"t","table":"b","version":"1","op":"INSERT","key":{"a":"1"},"row":${row}}`,
      ).row;
    assert.deepEqual(read('{"a":1.50,"b":-7}'), { a: { digits: "1.5" }, b: { digits: "-7" } });
    assert.deepEqual(read('{"a":1.5000000000000000001}'), { a: { digits: "1.5000000000000000001" } });
    assert.deepEqual(read('{"a":"12345678901234567890","b":"\\"1234567890123456789"}'), {
      a: "12345678901234567890",
      b: '"1234567890123456789',
    });
    assert.throws(() => read('{"a":[1]}'), /a is neither a text/);
    assert.throws(() => read("[]"), /no row/);
  });
});
