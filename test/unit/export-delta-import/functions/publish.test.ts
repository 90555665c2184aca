import assert from "node:assert/strict";
import { Progress } from "../../../../functions/export-delta-import/progress/progress";
import { OperationWriter, type StreamRecord } from "../../../../functions/export-delta-import/publish/operations";
import { type PublishPorts, publish } from "../../../../functions/export-delta-import/publish/publish";
import { KINESIS_LIMITS, kinesisPut, putAll } from "../../../../functions/export-delta-import/publish/stream";
import type { VersionEntry } from "../../../../functions/export-delta-import/registry/entries";
import { TableLock } from "../../../../functions/export-delta-import/registry/lock";
import { Registry } from "../../../../functions/export-delta-import/registry/registry";
import { partitionKey } from "../../../../functions/export-delta-import/shared/operation";
import { MemoryStore } from "../memoryStore";

const schema = {
  columns: [
    { name: "name", type: "string" },
    { name: "id", type: "integer" },
    { name: 'sa"id', type: "decimal(30,2)" },
    { name: "open", type: "boolean" },
    { name: "on", type: "date" },
  ],
  keyColumns: ["id", "name"],
};
const version: VersionEntry = {
  tenant: "acme",
  table: "orders",
  version: "7",
  order: "07",
  status: "publishing",
  lastFileAt: 0,
  receivedAt: "",
  attempts: 1,
  staged: { prefix: "staged/", schema, schemaHash: "", changes: [], badRecords: 0 },
  delta: { id: "d1", from: "6", list: "list", files: 2, counts: { inserted: 0, updated: 0, deleted: 0, unchanged: 0 } },
};

function operation(row: object, line = 0): Record<string, unknown> {
  const { data } = new OperationWriter(version).record(JSON.stringify(row), 1, line);
  return JSON.parse(data.toString());
}

describe("export-delta-import: operations of a delta", () => {
  it("D10: an operation is JSON with delta, tenant, table, version, operation, key, row and sequence", () => {
    const row = { op: "UPDATE", k1: "5", k2: 'a"\n', c1: "123456789012345678901234567.10", c2: "true", c3: null };
    const { data } = new OperationWriter(version).record(JSON.stringify(row), 1, 3);
    assert.ok(data.toString().includes('"sa\\"id":123456789012345678901234567.10'), data.toString());
    assert.deepEqual(operation(row, 3), {
      deltaId: "d1",
      tenant: "acme",
      table: "orders",
      version: "7",
      op: "UPDATE",
      key: { id: 5, name: 'a"\n' },
      row: { id: 5, name: 'a"\n', 'sa"id': 1.2345678901234568e26, open: true, on: null },
      sequence: 2 ** 32 + 3,
    });
  });

  it("D10: a DELETE has its key and no row, and all operations of a key have one partition key", () => {
    const writer = new OperationWriter(version);
    const gone = writer.record('{"op":"DELETE","k1":"5","k2":"a"}', 0, 0);
    assert.deepEqual(JSON.parse(gone.data.toString()).row, null);
    const changed = writer.record('{"op":"UPDATE","k1":"5","k2":"a","c1":"1"}', 1, 9);
    assert.equal(gone.partitionKey, changed.partitionKey);
    assert.equal(gone.partitionKey, partitionKey("acme", "orders", ["5", "a"]));
  });

  it("D10: a line that isn't an operation, or has no complete key, is an error", () => {
    assert.throws(() => operation({ op: "MERGE", k1: "5", k2: "a" }), /operation MERGE/);
    assert.throws(() => operation({ op: "DELETE", k1: "5", k2: null }), /no complete key/);
    assert.throws(() => operation({ op: "DELETE", k1: "5" }), /no complete key/);
  });
});

function recordsOf(count: number, bytes = 10): StreamRecord[] {
  return Array.from({ length: count }, (_, i) => ({ data: Buffer.alloc(bytes, i), partitionKey: String(i) }));
}

describe("export-delta-import: putting into the stream", () => {
  const pause = async (): Promise<void> => {};

  it("D10: only records that the stream didn't take are sent again, until it has taken each", async () => {
    const sent: string[][] = [];
    const taken: string[] = [];
    const result = await putAll(recordsOf(6), {
      pause,
      put: async (records) => {
        sent.push(records.map((record) => record.partitionKey));
        // Every other one, so that each attempt leaves half.
        return records.map(({ partitionKey: key }, i) => {
          if (i % 2 === 1) return { shard: "", sequenceNumber: undefined };
          taken.push(key);
          return { shard: "s1", sequenceNumber: String(9 + taken.length) };
        });
      },
    });
    assert.deepEqual(sent, [["0", "1", "2", "3", "4", "5"], ["1", "3", "5"], ["3"]]);
    assert.deepEqual(taken.sort(), ["0", "1", "2", "3", "4", "5"]);
    assert.deepEqual(result, { shards: { s1: "15" }, retried: 4 });
  });

  it("D10: a stream that takes nothing for long is an error that says so", async () => {
    let requests = 0;
    const refusing = putAll(recordsOf(3), {
      pause,
      put: async (records) => {
        requests++;
        return records.map(() => ({ shard: "", sequenceNumber: undefined }));
      },
    });
    await assert.rejects(refusing, { name: "StreamRefuses", message: /taken none of 3 operations/ });
    assert.equal(requests, 12);
  });

  it("D10: a request that is throttled as a whole is one of which nothing was taken; other errors aren't hidden", async () => {
    const failing = (name: string) =>
      kinesisPut({ send: async () => Promise.reject(Object.assign(new Error(name), { name })) } as never, "stream");
    const answer = await failing("ProvisionedThroughputExceededException")(recordsOf(2));
    assert.deepEqual(
      answer.map(({ sequenceNumber }) => sequenceNumber),
      [undefined, undefined],
    );
    await assert.rejects(failing("ResourceNotFoundException")(recordsOf(2)), /ResourceNotFound/);
  });
});

describe("export-delta-import: publishing a delta", () => {
  async function world(files: Readonly<Record<string, readonly string[]>>, own: Partial<PublishPorts> = {}) {
    const store = new MemoryStore();
    const time = { now: () => 0, pause: async () => {} };
    const lock = new TableLock({ ...time, store: new MemoryStore(), isRunning: async () => true, leaseMs: 60_000 });
    const lease = await lock.acquire("acme#orders", "me");
    assert.ok(!("heldBy" in lease));
    await store.write([{ key: { pk: "acme#orders", sk: "version#07" }, revision: 0, item: version }]);
    const put: StreamRecord[][] = [];
    const progress = new Progress({ ...time, store });
    const ports: PublishPorts = {
      ...time,
      lock,
      progress,
      registry: new Registry({ ...time, store }),
      count: () => {},
      log: { info: () => {}, warn: () => {} },
      put: async (records) => {
        put.push([...records]);
        return records.map(() => ({ shard: "s1", sequenceNumber: String(100 + put.length) }));
      },
      work: {
        text: async () => JSON.stringify(Object.keys(files)),
        async *lines(key) {
          yield* files[key] ?? [];
        },
      },
      ...own,
    };
    const event = { tenant: "acme", table: "orders", order: "07", token: 1, execution: "me", group: 0, groups: 1 };
    return { put, progress, lock, event, run: (near = false) => publish(event, ports, { near: () => near }) };
  }

  const line = (id: number, value = "1"): string =>
    JSON.stringify({ op: "INSERT", k1: String(id), k2: "a", c1: value, c2: "true", c3: null });
  const ids = (put: readonly StreamRecord[][]): number[] =>
    put.flat().map(({ data }) => JSON.parse(data.toString()).key.id as number);

  it("D10: requests stay within the stream's limits of records and bytes", async () => {
    const many = Array.from({ length: 1_203 }, (_, i) => line(i));
    const { put, run } = await world({ a: many, b: [line(9_999)] });
    assert.deepEqual(await run(), { done: true });
    assert.deepEqual(
      put.map((records) => records.length),
      [500, 500, 203, 1],
    );
    assert.deepEqual(ids(put), [...Array.from({ length: 1_203 }, (_, i) => i), 9_999]);
    const small = await world({ a: many.slice(0, 5), b: [] }, { limits: { ...KINESIS_LIMITS, bytes: 500 } });
    await small.run();
    assert.ok(small.put.length > 1);
    for (const records of small.put) {
      assert.ok(records.reduce((sum, { data, partitionKey: key }) => sum + data.length + key.length, 0) <= 500);
    }
  });

  it("D13: what isn't done in one invocation goes on in the next; nothing is left out", async () => {
    const many = Array.from({ length: 1_400 }, (_, i) => line(i));
    const { put, progress, run } = await world({ a: many, b: [line(5_000)] });
    let runs = 0;
    while (!(await run(true)).done) assert.ok(runs++ < 20);
    assert.deepEqual(new Set(ids(put)), new Set([...Array.from({ length: 1_400 }, (_, i) => i), 5_000]));
    const { published } = await progress.of("d1", 2, []);
    assert.equal(published, 1_401);
  });

  it("D13: a publisher that was killed goes on where it was noted; a file that is done isn't published again", async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => line(i));
    let requests = 0;
    const killed = await world(
      { a: many, b: [] },
      {
        put: async (records) => {
          if (++requests > 30) throw new Error("killed");
          return records.map(() => ({ shard: "s1", sequenceNumber: String(requests) }));
        },
      },
    );
    await assert.rejects(killed.run(), /killed/);
    assert.equal((await killed.progress.published("d1", 0)).lines, 10_000);
    requests = -1_000;
    await killed.run();
    assert.equal((await killed.progress.of("d1", 2, [])).published, 20_000);
    requests = 0;
    await killed.run();
    assert.equal(requests, 0);
  });

  it("D5: a publisher whose import has lost the table publishes nothing more", async () => {
    const { lock, put, run } = await world({ a: [line(1)], b: [] });
    const lease = await lock.heldBy("acme#orders", "me");
    assert.ok(lease);
    await lock.release(lease);
    await lock.acquire("acme#orders", "other");
    await assert.rejects(run(), { name: "LeaseLost" });
    assert.deepEqual(put, []);
  });

  it("D14: what was published, sent again and not taken is counted", async () => {
    const counts: Record<string, number> = {};
    let first = true;
    const { run } = await world(
      { a: [line(1), line(2)], b: [] },
      {
        count: (given) => {
          for (const [name, count] of Object.entries(given)) counts[name] = (counts[name] ?? 0) + count;
        },
        put: async (records) => {
          const answer = records.map((_, i) => ({ shard: "s", sequenceNumber: first && i === 0 ? undefined : "1" }));
          first = false;
          return answer;
        },
      },
    );
    await run();
    assert.deepEqual(counts, { OperationsPublished: 2, OperationsRetried: 1, OperationsUnpublished: 0 });
  });
});
