import assert from "node:assert/strict";
import { loadBatch } from "../../../../functions/s3-to-dynamodb/load/batch";
import type { LoadMessage } from "../../../../functions/s3-to-dynamodb/shared/contract";
import type { PipelineCounts } from "../../../../functions/shared/metrics";
import { FOREVER, HOLD, lineOf, uploadAt, World } from "./fakes";

const UPLOAD = uploadAt("2026-01-01T00:00:00.000Z");

function part(world: World, number: number): LoadMessage {
  return world.message(UPLOAD, number, [lineOf(UPLOAD, number, { id: `k${number}` })]);
}

async function load(world: World, messages: readonly (LoadMessage | string)[]) {
  const counted: PipelineCounts[] = [];
  const errors: unknown[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: (...entry: unknown[]) => void errors.push(entry) };
  const Records = messages.map((message, index) => ({
    messageId: `m${index}`,
    body: typeof message === "string" ? message : JSON.stringify(message),
  }));
  const answer = loadBatch({ Records } as never, { ...world.ports(), log }, FOREVER, HOLD, (counts) =>
    counted.push(counts),
  );
  return { answer: await answer, counted, errors };
}

describe("load: batches of messages", () => {
  it("I11: every part is counted", async () => {
    const world = new World();
    const { answer, counted } = await load(world, [part(world, 1), part(world, 2)]);
    assert.deepEqual(answer, { batchItemFailures: [] });
    assert.deepEqual(counted, Array(2).fill({ RecordsLoaded: 1, RecordsQuarantined: 0, Throttles: 0 }));
    assert.deepEqual([...world.items.keys()], ["k1", "k2"]);
  });

  it("I6, I9: after a failure neither it nor what follows counts as done, since a FIFO queue keeps the order", async () => {
    const world = new World();
    const short = { ...part(world, 2), records: 9 };
    const { answer, counted, errors } = await load(world, [part(world, 1), short, part(world, 3)]);
    assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "m1" }, { itemIdentifier: "m2" }] });
    assert.equal(counted.length, 1);
    assert.equal(errors.length, 1);
    assert.deepEqual(world.parts, [1]);
    assert.ok(!world.items.has("k3"));
  });

  it("I9: when the first message fails the invocation does, which the alarms see", async () => {
    const world = new World();
    await assert.rejects(load(world, ["{", part(world, 1)]), /The message isn't JSON: \{\. Only the collect function/);
    await assert.rejects(load(world, ['{"part":1}']), /lacks upload, attempt, part, landingKey or records/);
    assert.equal(world.items.size, 0);
  });
});
