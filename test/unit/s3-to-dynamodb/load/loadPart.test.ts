import assert from "node:assert/strict";
import fc from "fast-check";
import { loadPart } from "../../../../functions/s3-to-dynamodb/load/loadPart";
import { FOREVER, lineOf, sourceWith, uploadAt, World } from "./fakes";

const OLD = uploadAt("2026-01-01T00:00:00.000Z");
const NEW = uploadAt("2026-01-02T00:00:00.000Z", "b".repeat(32));

function rows(upload: typeof OLD, count: number, value: string, from = 0): string[] {
  return Array.from({ length: count }, (_, index) =>
    lineOf(upload, index + 1, { id: `k${index + from}`, value: `${value}${index}` }),
  );
}

describe("loadPart", () => {
  it("I6: the same part twice ends in the same table and the same counts", async () => {
    const world = new World();
    const message = world.message(OLD, 1, rows(OLD, 60, "v"));
    assert.equal((await loadPart(message, world.ports(), FOREVER)).state, "finished");
    const before = structuredClone([...world.items]);
    assert.equal((await loadPart(message, world.ports(), FOREVER)).state, "alreadyLoaded");
    assert.deepEqual([...world.items], before);
    assert.deepEqual(world.files.get(OLD.uploadId), { loaded: 60, quarantined: 0 });
  });

  it("I6: an older upload that comes after a newer one leaves the newer items, and adds its others", async () => {
    const world = new World();
    await loadPart(world.message(NEW, 1, rows(NEW, 30, "new")), world.ports(), FOREVER);
    await loadPart(world.message(OLD, 1, rows(OLD, 30, "old", 20)), world.ports(), FOREVER);
    assert.equal(world.items.size, 50);
    assert.equal(world.items.get("k25")?.value?.S, "new25");
    assert.equal(world.items.get("k45")?.value?.S, "old25");
    assert.deepEqual(world.files.get(OLD.uploadId), { loaded: 30, quarantined: 0 });
  });

  it("I6, I19: late rows are written at least 64 at a time; one that is throttled is written again, not left out", async () => {
    const world = new World();
    await loadPart(world.message(NEW, 1, rows(NEW, 1, "new")), world.ports(), FOREVER);
    let [calls, inFlight, most] = [0, 0, 0];
    world.throttle = () => (calls++ % 3 === 0 ? 1 : 0);
    const ports = world.ports();
    const table: typeof ports.table = {
      putBatch: (entries) => ports.table.putBatch(entries),
      putUnlessNewer: async (entries, order) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        const result = await ports.table.putUnlessNewer(entries, order);
        inFlight -= 1;
        return result;
      },
    };
    await loadPart(world.message(OLD, 1, rows(OLD, 200, "old", 1)), { ...ports, table }, FOREVER);
    assert.equal(world.items.size, 201);
    assert.deepEqual(world.files.get(OLD.uploadId), { loaded: 200, quarantined: 0 });
    assert.ok(most >= 64, `${most} at a time`);
  });

  it("I6: within a part the last record of a key wins, also across batches and throttling", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 200, size: "max" }),
        fc.infiniteStream(fc.integer({ min: 0, max: 25 })),
        async (keys, left) => {
          const world = new World();
          let calls = 0;
          world.throttle = () => (calls++ % 3 === 2 ? 0 : (left.next().value as number));
          const lines = keys.map((key, index) => lineOf(OLD, index + 1, { id: `k${key}`, n: index }));
          await loadPart(world.message(OLD, 1, lines), world.ports(), FOREVER);
          const expected = new Map(keys.map((key, index) => [`k${key}`, String(index)]));
          assert.deepEqual(new Map([...world.items].map(([key, item]) => [key, item.n?.N])), expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("I15: a record that can't be made into an item, however odd, is quarantined alone", async () => {
    const world = new World(sourceWith({ fields: [{ from: "j", to: "j", type: "string" }] }));
    const deep = lineOf(OLD, 2, { id: "deep" }).replace(/}$/, `,"j":${"[".repeat(5000)}${"]".repeat(5000)}}`);
    const lines = [lineOf(OLD, 1, { id: "a", j: "x" }), deep, lineOf(OLD, 3, { id: "b", j: "y" })];
    const { state, loaded, quarantined } = await loadPart(world.message(OLD, 1, lines), world.ports(), FOREVER);
    assert.deepEqual([state, loaded, quarantined, [...world.items.keys()]], ["finished", 2, 1, ["a", "b"]]);
    assert.deepEqual(
      world.quarantined.map(({ record, reason }) => [record, reason]),
      [[2, "is nested deeper than 500 levels: flatten it in the source"]],
    );
  });

  it("I7, I8: under random throttling everything is loaded or quarantined, and the counts add up", async () => {
    const good = fc.record({ id: fc.stringMatching(/^[a-z]{1,4}$/), ok: fc.constant(true) });
    const bad = fc.constantFrom<Record<string, unknown>>(
      { id: "" },
      { other: 1 },
      { id: "x".repeat(1025) },
      { id: "refused" },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 4, arbitrary: good }, { weight: 1, arbitrary: bad }), {
          minLength: 1,
          maxLength: 120,
          size: "max",
        }),
        fc.infiniteStream(fc.integer({ min: 0, max: 25 })),
        async (records, left) => {
          const world = new World();
          let calls = 0;
          world.throttle = () => (calls++ % 2 === 1 ? 0 : (left.next().value as number));
          const lines = records.map((record, index) => lineOf(OLD, index + 1, record));
          await loadPart(world.message(OLD, 1, lines), world.ports(), FOREVER);
          const counts = world.files.get(OLD.uploadId);
          assert.equal((counts?.loaded ?? 0) + (counts?.quarantined ?? 0), records.length);
          const goodRecords = records.filter((record) => "ok" in record);
          assert.equal(counts?.loaded, goodRecords.length);
          assert.deepEqual(
            world.quarantined.map(({ record }) => record),
            records.flatMap((record, index) => ("ok" in record ? [] : [index + 1])),
          );
          assert.deepEqual(new Set(world.items.keys()), new Set(goodRecords.map(({ id }) => id)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it("I9: a part that doesn't finish goes on where it stopped, with the counts so far", async () => {
    const world = new World();
    // Long values, so that the part comes in several chunks, after each of which the time is looked at.
    const lines = Array.from({ length: 300 }, (_, index) =>
      lineOf(OLD, index + 1, { id: index % 10 === 0 ? "" : `k${index}`, text: `${index}`.repeat(300) }),
    );
    let message = world.message(OLD, 1, lines);
    let invocations = 0;
    for (let state = "continued"; state === "continued"; invocations += 1) {
      ({ state } = await loadPart(message, world.ports(), { near: () => true, over: () => false }));
      message = world.queue.shift() ?? message;
    }
    assert.ok(invocations > 1, `${invocations} invocations`);
    assert.equal(world.items.size, 270);
    assert.equal(world.quarantined.length, 30);
    assert.deepEqual(world.files.get(OLD.uploadId), { loaded: 270, quarantined: 30 });
  });

  it("I6, I9: half-loaded by throttling, then retried: nothing is missing, nothing counted twice", async () => {
    const world = new World();
    const lines = rows(OLD, 120, "v");
    lines[110] = lineOf(OLD, 111, { id: "" });
    let served = 0;
    world.throttle = (size) => (served++ < 2 ? 0 : size);
    const first = world.message(OLD, 1, lines);
    let asked = 0;
    const outcome = await loadPart(first, world.ports(), { near: () => false, over: () => asked++ > 12 });
    assert.equal(outcome.state, "continued");
    const [rest] = world.queue;
    assert.deepEqual([rest?.skip, rest?.soFar], [50, { loaded: 50, quarantined: 0 }]);
    assert.equal(world.quarantined.length, 0, "the bad record lies after the point to go on from");
    world.throttle = () => 0;
    await loadPart(rest as never, world.ports(), FOREVER);
    assert.equal(world.items.size, 119);
    assert.deepEqual(world.files.get(OLD.uploadId), { loaded: 119, quarantined: 1 });
    assert.equal((await loadPart(first, world.ports(), FOREVER)).state, "alreadyLoaded");
  });

  it("I8: a table that takes nothing until the deadline is an error, so that the queue counts the attempt", async () => {
    const world = new World();
    world.throttle = (size) => size;
    let asked = 0;
    const run = loadPart(world.message(OLD, 1, rows(OLD, 30, "v")), world.ports(), {
      near: () => false,
      over: () => asked++ > 5,
    });
    await assert.rejects(run, /Nothing of part 1 .* could be written in time .*raise the table's capacity/);
    assert.deepEqual(world.files.get(OLD.uploadId), { loaded: 0, quarantined: 0 });
  });

  it("I7: a part with fewer lines than announced is an error, not a success", async () => {
    const world = new World();
    const message = { ...world.message(OLD, 1, rows(OLD, 3, "v")), records: 5 };
    await assert.rejects(loadPart(message, world.ports(), FOREVER), /3 lines, the message says 5/);
    await assert.rejects(loadPart({ ...message, records: 2 }, world.ports(), FOREVER), /3 lines, the message says 2/);
    assert.deepEqual(world.parts, []);
  });

  it("I7: more quarantined records than one object holds are all told, each object under a key of its own", async () => {
    const world = new World();
    const lines = Array.from({ length: 2_500 }, (_, n) => lineOf(OLD, n + 1, { id: "", text: `${n} `.repeat(1_000) }));
    const { quarantined } = await loadPart(world.message(OLD, 1, lines), world.ports(), FOREVER);
    assert.equal(quarantined, lines.length);
    assert.ok(world.quarantine.size >= 2, `${world.quarantine.size} objects`);
    assert.deepEqual(
      world.quarantined.map(({ record }) => record),
      lines.map((_, n) => n + 1),
    );
  });

  it("I17: when a part fails nothing of it is on its way to the table any more", async () => {
    const world = new World();
    const ports = world.ports();
    let [calls, inFlight] = [0, 0];
    const table: typeof ports.table = {
      ...ports.table,
      putBatch: async () => {
        calls += 1;
        if (calls === 2) throw new Error("no such table");
        inFlight += 1;
        for (let turns = 0; turns < 50; turns++) await new Promise((resolve) => setImmediate(resolve));
        inFlight -= 1;
        return { unprocessed: [], refused: [] };
      },
    };
    const run = loadPart(world.message(OLD, 1, rows(OLD, 200, "v")), { ...ports, table }, FOREVER);
    await assert.rejects(run, /no such table/);
    assert.ok(calls > 2, "others were in flight");
    assert.equal(inFlight, 0);
  });

  it("I4, I5: without key fields an item is keyed by its upload record and carries no order", async () => {
    const world = new World(sourceWith({ keyFields: [], shards: 1 }));
    await loadPart(world.message(OLD, 1, [lineOf(OLD, 7, { a: 1 })]), world.ports(), FOREVER);
    const item = world.items.get(`${OLD.uploadId}#0000000007`);
    assert.deepEqual(item, {
      pk: { S: "orders#00" },
      sk: { S: `${OLD.uploadId}#0000000007` },
      _source: { S: "orders" },
      _bucket: { S: "source" },
      _key: { S: "a b.csv" },
      _version: { S: "e1" },
      _time: { S: OLD.time },
      _upload: { S: OLD.uploadId },
      _record: { N: "7" },
      a: { N: "1" },
    });
    assert.equal(world.watermark, undefined);
  });
});
