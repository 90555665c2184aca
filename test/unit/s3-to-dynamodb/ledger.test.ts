import assert from "node:assert/strict";
import type { DynamoDBClient, UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { type FileEntry, Ledger, Overtaken } from "../../../functions/s3-to-dynamodb/ledger/ledger";
import { AT_ONCE, FakeDynamo, named } from "./fakeDynamo";
import { uploadAt } from "./load/fakes";

const UPLOAD = uploadAt("2026-01-01T00:00:00.000Z");
const PROGRESS = { parts: 2, read: 5, landed: 4, collectQuarantined: 1, members: 1 };
const OBJECTS = { partRecords: "2,2", staged: '[{"run":"a","parts":2,"quarantined":1}]' };
const COUNTS = { loaded: 40, quarantined: 2 };

/** A ledger on a table that has conditions and transactions as DynamoDB has them. */
function world(days?: number) {
  const table = new FakeDynamo();
  let now = "2026-02-03T04:05:06.000Z";
  const ledger = new Ledger(table.client(AT_ONCE), "ledger", { now: () => now, days });
  return {
    table,
    ledger,
    file: async () => (await ledger.getFile("orders", UPLOAD.uploadId)) as FileEntry,
    later: (time: string) => {
      now = time;
    },
  };
}

/** A ledger whose client answers in turn, and what it was asked. */
function answering(...answers: (object | Error)[]) {
  const sent: { readonly operation: string; readonly input: Partial<UpdateItemCommandInput> }[] = [];
  const send = async (command: { constructor: { name: string }; input: object }): Promise<object> => {
    sent.push({ operation: command.constructor.name.replace("Command", ""), input: command.input });
    const answer = answers.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const pauses: number[] = [];
  const pause = async (attempt: number): Promise<void> => void pauses.push(attempt);
  return { ledger: new Ledger({ send } as unknown as DynamoDBClient, "ledger", { pause }), sent, pauses };
}

describe("Ledger", () => {
  it("I6: an upload's entry is opened once; the second gets the one that is there", async () => {
    const { ledger, later } = world();
    const first = await ledger.startFile(UPLOAD);
    assert.deepEqual([first.status, first.attempt, first.startedAt], ["collecting", 1, "2026-02-03T04:05:06.000Z"]);
    later("2026-02-04T00:00:00.000Z");
    assert.deepEqual(await ledger.startFile(UPLOAD), first);
  });

  it("I17: what an invocation has read is written by it alone, and nobody who is behind takes anything back", async () => {
    const { ledger, file } = world();
    const start = await ledger.startFile(UPLOAD);
    const ahead = await ledger.saveCheckpoint({ ...start, run: "a" }, "{}", PROGRESS);
    const behind = { ...start, run: "b" };
    await assert.rejects(ledger.saveCheckpoint(behind, "{}", PROGRESS), Overtaken);
    await assert.rejects(ledger.landed(behind, PROGRESS, OBJECTS), Overtaken);
    await assert.rejects(ledger.quarantineFile(behind, "gone"), Overtaken);
    assert.equal((await file()).status, "collecting");
    const landed = await ledger.landed({ ...ahead, run: "a" }, PROGRESS, OBJECTS);
    assert.deepEqual([landed.status, landed.checkpoint, landed.staged], ["landed", undefined, OBJECTS.staged]);
    const late = ledger.quarantineFile({ ...landed, run: "b" }, "gone");
    await assert.rejects(late, (error: Overtaken) => error.entry?.status === "landed");
  });

  it("I17: a write that the SDK repeats because its answer was lost counts as its own", async () => {
    const table = new FakeDynamo();
    const twice = {
      call: async <T>(_label: string, effect: () => T): Promise<T> => {
        try {
          effect();
        } catch {
          // The answer that is lost.
        }
        return effect();
      },
    };
    const ledger = new Ledger(table.client(twice), "ledger");
    const start = await ledger.startFile(UPLOAD);
    const saved = await ledger.saveCheckpoint({ ...start, run: "a" }, "{}", PROGRESS);
    assert.equal(saved.step, 1);
    const landed = await ledger.landed({ ...saved, run: "a" }, PROGRESS, OBJECTS);
    assert.equal(landed.status, "landed");
    const message = { upload: UPLOAD, attempt: 1, part: 1 };
    assert.equal(await ledger.finishPart(message, COUNTS), true);
    assert.deepEqual([(await ledger.getFile("orders", UPLOAD.uploadId))?.loaded], [40]);
  });

  it("I7: a part's counts are added once, and its last part completes the file", async () => {
    const { ledger, file } = world();
    const start = await ledger.startFile(UPLOAD);
    await ledger.landed({ ...start, run: "a" }, PROGRESS, OBJECTS);
    for (const part of [1, 1, 2, 2]) {
      assert.equal((await file()).status, "landed");
      await ledger.finishPart({ upload: UPLOAD, attempt: 1, part }, COUNTS);
      if (part === 2) break;
    }
    const { status, loaded, loadQuarantined, loadedParts } = await file();
    assert.deepEqual([status, loaded, loadQuarantined, loadedParts], ["loaded", 80, 4, 2]);
    assert.deepEqual(
      (await ledger.getParts(await file())).map(({ part }) => part),
      [1, 2],
    );
  });

  it("I17: after a forced replay what the attempt before still writes counts for nothing", async () => {
    const { ledger, file } = world();
    const start = await ledger.startFile(UPLOAD);
    const landed = await ledger.landed({ ...start, run: "a" }, PROGRESS, OBJECTS);
    await ledger.finishPart({ upload: UPLOAD, attempt: 1, part: 1 }, COUNTS);
    assert.equal(await ledger.restart(landed), true);
    assert.equal(await ledger.restart(landed), false, "somebody else has");
    const again = await file();
    assert.deepEqual([again.attempt, again.status, again.loadedParts, again.parts], [2, "collecting", 0, 0]);
    assert.deepEqual([again.sequencer, again.time], [UPLOAD.sequencer, UPLOAD.time]);
    assert.equal(await ledger.finishPart({ upload: UPLOAD, attempt: 1, part: 2 }, COUNTS), false);
    await assert.rejects(ledger.saveCheckpoint({ ...start, run: "a" }, "{}", PROGRESS), Overtaken);
    assert.equal((await ledger.published(landed, 2)).attempt, 2);
    assert.deepEqual(await file(), again);
    assert.deepEqual(await ledger.getParts(again), []);
  });

  it("I20: what is published only grows", async () => {
    const { ledger } = world();
    const landed = await ledger.landed({ ...(await ledger.startFile(UPLOAD)), run: "a" }, PROGRESS, OBJECTS);
    assert.equal((await ledger.published(landed, 3)).published, 3);
    assert.equal((await ledger.published(landed, 2)).published, 3);
  });

  it("I16: an event of a bucket without versions stands for the upload that it was first found to be about", async () => {
    const { ledger } = world();
    assert.equal(await ledger.noteEvent("orders", "e", "2026-01-01T00:00:00.000Z"), "2026-01-01T00:00:00.000Z");
    assert.equal(await ledger.noteEvent("orders", "e", "2026-01-09T00:00:00.000Z"), "2026-01-01T00:00:00.000Z");
    assert.equal(await ledger.noteEvent("orders", "f", "2026-01-09T00:00:00.000Z"), "2026-01-09T00:00:00.000Z");
  });

  it("I6: the watermark only rises", async () => {
    const { ledger } = world();
    assert.deepEqual(
      [
        await ledger.raiseWatermark("orders", "2"),
        await ledger.raiseWatermark("orders", "1"),
        await ledger.raiseWatermark("orders", "2"),
        await ledger.raiseWatermark("clicks", "1"),
      ],
      [true, false, true, true],
    );
  });

  it("I21: entries expire some days after something was last heard of them, watermarks never", async () => {
    const { ledger, table, later } = world(30);
    const start = await ledger.startFile(UPLOAD);
    await ledger.noteEvent("orders", "e", "2026-01-01T00:00:00.000Z");
    await ledger.raiseWatermark("orders", "1");
    later("2026-03-01T00:00:00.000Z");
    await ledger.landed({ ...start, run: "a" }, PROGRESS, OBJECTS);
    await ledger.finishPart({ upload: UPLOAD, attempt: 1, part: 1 }, COUNTS);
    const day = (time: string): number => Date.parse(time) / 86_400_000;
    const expiry = Object.fromEntries(
      table.items.map(({ kind, expiresAt }) => [kind?.S, expiresAt && Number(expiresAt.N) / 86_400]),
    );
    const fromThen = day("2026-03-01T00:00:00.000Z") + 30;
    assert.deepEqual(expiry, {
      file: fromThen,
      part: fromThen,
      event: day("2026-02-03T04:05:06.000Z") + 30,
      watermark: undefined,
    });
  });

  it("I21: entries by the hundred: what was asked for and left over is asked for again, without checkpoints", async () => {
    const item = (uploadId: string) => ({ uploadId: { S: uploadId }, status: { S: "loaded" } });
    const left = { Keys: [{ pk: { S: "orders" }, sk: { S: "u2" } }] };
    const { ledger, sent, pauses } = answering(
      { Responses: { ledger: [item("u1")] }, UnprocessedKeys: { ledger: left } },
      { Responses: { ledger: [item("u2")] } },
    );
    const found = await ledger.getFiles("orders", ["u1", "u2", "u3"]);
    assert.deepEqual([...found.keys()], ["u1", "u2"]);
    const [first, second] = sent.map(
      ({ input }) => (input as { RequestItems: Record<string, object> }).RequestItems.ledger,
    );
    assert.equal((first as { ConsistentRead: boolean }).ConsistentRead, true);
    const { ExpressionAttributeNames } = first as { ExpressionAttributeNames: Record<string, string> };
    assert.ok(!Object.values(ExpressionAttributeNames).includes("checkpoint"));
    assert.ok(Object.values(ExpressionAttributeNames).includes("progressAt"));
    assert.deepEqual(second, left);
    assert.deepEqual(pauses, [1], "the table gets time in between");
  });

  it("I19: parts of one file that finish at the same moment wait for each other; anything else is passed on", async () => {
    const conflict = named("TransactionConflictException");
    const { ledger, pauses } = answering(conflict, conflict, { Attributes: {} });
    assert.equal(await ledger.raiseWatermark("orders", "1"), true);
    assert.deepEqual(pauses, [1, 2]);
    const always = answering(...Array.from({ length: 20 }, () => conflict));
    await assert.rejects(always.ledger.raiseWatermark("orders", "1"), { name: "TransactionConflictException" });
    assert.equal(always.pauses.length, 9);
    await assert.rejects(answering(new Error("network")).ledger.raiseWatermark("orders", "1"), /network/);
  });

  it("I6: every read is consistent: a stale one would start an upload anew, or count a part twice", async () => {
    const { ledger, sent } = answering();
    await ledger.getFile("orders", "u");
    await ledger.getPart({ source: "orders", uploadId: "u", attempt: 1 }, 1);
    assert.deepEqual(
      sent.map(({ operation, input }) => [operation, (input as { ConsistentRead?: boolean }).ConsistentRead]),
      Array(2).fill(["GetItem", true]),
    );
  });
});
