import assert from "node:assert/strict";
import fc from "fast-check";
import {
  BatchWriter,
  type BatchWriterOptions,
  type Entry,
} from "../../../../functions/s3-to-dynamodb/load/write/batchWriter";
import { TableWriter } from "../../../../functions/s3-to-dynamodb/load/write/tableWriter";
import { named } from "../fakeDynamo";
import { FOREVER } from "./fakes";

function entry(line: number, sk = `k${line}`, bytes = 10): Entry {
  return { line, sk, text: "x".repeat(bytes), raw: "" };
}

function writer(options: Partial<BatchWriterOptions> & Pick<BatchWriterOptions, "send">): BatchWriter {
  const nothing = (): void => undefined;
  return new BatchWriter({ deadline: FOREVER, onRefused: nothing, onThrottle: nothing, ...options });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("BatchWriter", () => {
  it("I8: between two tries of a batch the table gets time, more each time", async () => {
    const waited: number[] = [];
    let left = 3;
    const throttled = writer({
      send: async (entries) => ({ unprocessed: left-- > 0 ? entries : [], refused: [] }),
      backoff: async (attempt) => void waited.push(attempt),
    });
    throttled.add(entry(0));
    await throttled.drain();
    assert.deepEqual(waited, [0, 1, 2]);
  });

  it("I8: unless told otherwise it waits by a timer, and not beyond the deadline", async () => {
    const timers: number[] = [];
    const { setTimeout } = globalThis;
    const { random } = Math;
    let over = false;
    Math.random = () => 0.999;
    globalThis.setTimeout = ((act: () => void, ms: number) => {
      timers.push(ms);
      over = timers.length === 3;
      setImmediate(act);
    }) as unknown as typeof setTimeout;
    try {
      const throttled = writer({
        send: async (entries) => ({ unprocessed: entries, refused: [] }),
        deadline: { near: () => false, over: () => over },
      });
      throttled.add(entry(0));
      await throttled.drain();
      assert.equal(throttled.unfinished, 0);
    } finally {
      Object.assign(globalThis, { setTimeout });
      Math.random = random;
    }
    assert.deepEqual(timers, [49, 99, 100], "up to 50, 100 and 200 ms, looked at after 100 each");
  });

  it("I12: batches, their bytes and what is in flight are bounded", async () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 400 }));
    const sizes = fc.oneof(
      fc.array(size, { minLength: 1, maxLength: 60, size: "max" }),
      fc.array(fc.constant(1), { minLength: 20, maxLength: 60, size: "max" }),
    );
    await fc.assert(
      fc.asyncProperty(sizes, async (bytes) => {
        const bounds = { batchItems: 4, batchBytes: 1_500, inFlight: 3, inFlightBytes: 2_400 };
        let [batches, inFlight, written] = [0, 0, 0];
        const bounded = writer({
          ...bounds,
          send: async (entries) => {
            // As it counts a short text: three bytes a character.
            const own = entries.reduce((sum, { text }) => sum + 3 * text.length, 0);
            batches += 1;
            inFlight += own;
            assert.ok(entries.length <= bounds.batchItems);
            assert.ok(own <= bounds.batchBytes || entries.length === 1, `${own} bytes in a batch`);
            assert.ok(batches <= bounds.inFlight, `${batches} batches in flight`);
            assert.ok(inFlight <= bounds.inFlightBytes || batches === 1, `${inFlight} bytes in flight`);
            await turn();
            batches -= 1;
            inFlight -= own;
            written += entries.length;
            return { unprocessed: [], refused: [] };
          },
        });
        for (const [line, size] of bytes.entries()) await bounded.add(entry(line, undefined, size));
        await bounded.drain();
        assert.equal(written, bytes.length);
      }),
      { numRuns: 50 },
    );
  });

  it("I6: once a batch hasn't been written in time nothing after it is sent, even if there is time again", async () => {
    const sent: string[][] = [];
    let over = false;
    const late = writer({
      batchItems: 1,
      send: async (entries) => {
        sent.push(entries.map(({ sk }) => sk));
        over = true;
        return { unprocessed: entries, refused: [] };
      },
      deadline: { near: () => false, over: () => over },
      backoff: async () => undefined,
    });
    await late.add(entry(0, "a"));
    await turn();
    over = false;
    await late.add(entry(1, "a"));
    await late.drain();
    assert.deepEqual(sent, [["a"]]);
    assert.equal(late.unfinished, 0);
  });

  it("I7: a table whose keys aren't ours is an error, and no record's fault", async () => {
    for (const message of [
      "The provided key element does not match the schema",
      "One or more parameter values were invalid: Missing the key pk in the item",
    ]) {
      const send = async (): Promise<never> => {
        throw named("ValidationException", message);
      };
      const table = new TableWriter({ send }, "t");
      await assert.rejects(table.putBatch([entry(0), entry(1)]), { message });
      await assert.rejects(table.putUnlessNewer([entry(0)], "o"), { message });
    }
  });
});
