import assert from "node:assert/strict";
import type { SQSRecord } from "aws-lambda";
import {
  backOffSeconds,
  Leases,
  leaseSeconds,
  UnreadableMessage,
} from "../../../functions/s3-to-dynamodb/shared/lease";
import { FOREVER } from "./load/fakes";

/** A queue that notes what visibility it is asked for, and a clock that only the test moves. */
function queue() {
  const asked: number[] = [];
  const warned: string[] = [];
  const world = { now: 0, fails: false, tick: () => undefined as unknown, ticking: false, every: 0 };
  const leases = new Leases({
    sqs: {
      send: async ({ input }: { readonly input: { readonly VisibilityTimeout?: number } }) => {
        if (world.fails) throw new Error("the receipt handle has expired");
        asked.push(input.VisibilityTimeout ?? -1);
        return {};
      },
    } as never,
    queueUrl: "q",
    log: { warn: (message: unknown) => void warned.push(String(message)) } as never,
    now: () => world.now,
    every: (ms, act) => {
      Object.assign(world, { tick: act, ticking: true, every: ms });
      return {
        stop: () => {
          world.ticking = false;
        },
      };
    },
  });
  const record = (receives: number) =>
    ({ receiptHandle: "r", attributes: { ApproximateReceiveCount: String(receives) } }) as unknown as SQSRecord;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { leases, asked, warned, world, record, turn };
}

const LONG = () => 900_000;

describe("The lease of a message", () => {
  it("I18: a message is kept by short leases for as long as it is worked on, and by none afterwards", async () => {
    const { leases, asked, world, record, turn } = queue();
    const result = await leases.holder(LONG)(record(1), FOREVER, async () => {
      assert.deepEqual([world.ticking, world.every], [true, 30_000]);
      for (let renewals = 0; renewals < 3; renewals++) {
        world.tick();
        await turn();
      }
      return "done";
    });
    assert.deepEqual([result, world.ticking, asked], ["done", false, [120, 120, 120, 120]]);
  });

  it("I18: a message that fails comes back after 10, 30, 90, 270 s, whatever renewal was on its way", async () => {
    for (const [receives, seconds] of [10, 30, 90, 270].entries()) {
      const { leases, asked, world, record } = queue();
      const failing = leases.holder(LONG)(record(receives + 1), FOREVER, async () => {
        world.tick();
        throw new Error("the table is gone");
      });
      await assert.rejects(failing, /the table is gone/);
      assert.deepEqual([asked.at(-1), world.ticking], [seconds, false]);
    }
  });

  it("I18: five receipts, and what is between them, take minutes; a message that can't be read takes seconds", async () => {
    const waits = [1, 2, 3, 4].map(backOffSeconds);
    assert.ok(waits.reduce((sum, wait) => sum + wait) < 420);
    const { leases, asked, record } = queue();
    const unreadable = leases.holder(LONG)(record(4), FOREVER, () => Promise.reject(new UnreadableMessage("no JSON")));
    await assert.rejects(unreadable, UnreadableMessage);
    assert.equal(asked.at(-1), 1);
  });

  it("I18: a function of a minute has leases of half of it, one of 15 minutes of two minutes", () => {
    assert.deepEqual([60_000, 300_000, 900_000].map(leaseSeconds), [30, 75, 120]);
  });

  it("I17: whose lease can't be renewed stops in time before somebody else gets the message", async () => {
    const { leases, warned, world, record, turn } = queue();
    await leases.holder(LONG)(record(1), FOREVER, async (deadline) => {
      world.fails = true;
      world.now = 71_000;
      world.tick();
      await turn();
      assert.deepEqual([deadline.near(), deadline.over()], [false, false]);
      world.now = 73_000;
      assert.deepEqual([deadline.near(), deadline.over()], [true, true]);
    });
    assert.equal(warned.length, 1);
  });

  it("I17: a message that is somebody else's already isn't worked on", async () => {
    const { leases, world, record } = queue();
    world.fails = true;
    const run = leases.holder(LONG)(record(1), FOREVER, () => assert.fail("worked on"));
    await assert.rejects(run, /receipt handle has expired/);
  });

  it("I18: where the wait can't be set, the message's own error is what is told", async () => {
    const { leases, warned, world, record } = queue();
    const failing = leases.holder(LONG)(record(1), FOREVER, async () => {
      world.fails = true;
      throw new Error("the table is gone");
    });
    await assert.rejects(failing, /the table is gone/);
    assert.equal(warned.length, 1);
  });
});
