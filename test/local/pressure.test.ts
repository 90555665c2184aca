import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { cloud } from "./cloud";
import { arrival, deliver, messagesIn, put, until } from "./data";
import { assertArrived } from "./expectations";
import { countCalls, type Fault, killWorkers, tellCollect, withFault, withQuickRetry, withTimeout } from "./faults";

function records(count: number): { readonly rows: { id: string }[]; readonly csv: string } {
  const rows = Array.from({ length: count }, (_, i) => ({ id: `r${i}` }));
  return { rows, csv: `id\n${rows.map(({ id }) => `${id}\n`).join("")}` };
}

/** About 40 parts of a little under 64 KiB. */
function manyParts(): { readonly rows: { id: string; text: string }[]; readonly ndjson: string } {
  const rows = Array.from({ length: 80 }, (_, i) => ({ id: `p${i}`, text: String(i % 10).repeat(30_000) }));
  return { rows, ndjson: rows.map((row) => `${JSON.stringify(row)}\n`).join("") };
}

describe("Under pressure", () => {
  const batchWrite = { service: "dynamodb", operation: "BatchWriteItem" } as const;

  it("I8: a table that throttles, or hands back half of the items, gets each item once", async () => {
    const faults: Fault[] = [
      { ...batchWrite, mode: "throttle", count: 6 },
      { ...batchWrite, mode: "unprocessed", count: 6 },
    ];
    for (const fault of faults) {
      await withFault(fault, async ({ hits }) => {
        const { rows, csv } = records(400);
        assertArrived(await deliver("inbox", `pressure/${fault.mode}.csv`, csv), rows);
        assert.equal(await hits(), 6, `${fault.mode} was to be met`);
      });
    }
  });

  it("I8: messages that nobody can read end in the dead-letter queues, and what comes after them is loaded", async () => {
    const { sqs, outputs } = cloud();
    await withQuickRetry("collect", () =>
      withQuickRetry("load", async () => {
        await tellCollect("no event of anybody");
        const MessageBody = JSON.stringify({ upload: "none" });
        const ids = { MessageGroupId: "poison", MessageDeduplicationId: randomUUID() };
        await sqs.send(new SendMessageCommand({ QueueUrl: outputs.loadQueueUrl, MessageBody, ...ids }));
        const { rows, csv } = records(3);
        assertArrived(await deliver("inbox", "pressure/after-poison.csv", csv), rows);
        for (const dlq of [outputs.collectDlqUrl, outputs.loadDlqUrl]) {
          await until(`the message is in ${dlq}`, async () => {
            const count = await messagesIn(dlq);
            return count === 1 ? true : `${count} messages`;
          });
        }
      }),
    );
  });

  it("I8: calls that fail for a while are made again, in every step", async () => {
    const failing: Fault[] = [
      { service: "s3", operation: "GetObject", mode: "error", contains: "pressure/errors", count: 1 },
      { service: "s3", operation: "PutObject", mode: "throttle", contains: "staging/inbox/", count: 2 },
      { service: "s3", operation: "CopyObject", mode: "error", contains: "landing/inbox/pressure/errors", count: 2 },
      { service: "dynamodb", operation: "TransactWriteItems", mode: "throttle", count: 2 },
      { service: "sqs", operation: "SendMessageBatch", mode: "error", count: 1 },
    ];
    const { rows, csv } = records(30);
    const under = (rest: readonly Fault[]): Promise<void> => {
      const [fault, ...others] = rest;
      if (fault === undefined) {
        return withQuickRetry("load", async () =>
          assertArrived(await deliver("inbox", "pressure/errors.csv", csv), rows),
        );
      }
      return withFault(fault, async ({ hits }) => {
        await under(others);
        assert.equal(await hits(), fault.count, `${fault.operation} was to fail`);
      });
    };
    await withQuickRetry("collect", () => under(failing));
  });

  it("I9: a file that doesn't finish in one invocation is continued by the next, without doubles", async () => {
    const { rows, ndjson } = manyParts();
    const queue = "-ingest-collect";
    const before = await countCalls("collect", "sqs:SendMessage", queue);
    const slow: Fault = {
      service: "s3",
      operation: "PutObject",
      mode: "delay",
      contains: "staging/inbox/",
      milliseconds: 200,
    };
    await withTimeout("collect", 5, () =>
      withQuickRetry("collect", () =>
        withFault(slow, async () => {
          const sent = await deliver("inbox", "pressure/long.ndjson", ndjson);
          assertArrived(sent, rows);
          assert.ok(sent.entry.parts > 20, `only ${sent.entry.parts} parts`);
        }),
      ),
    );
    assert.ok((await countCalls("collect", "sqs:SendMessage", queue)) > before, "no continuation was sent");
  });

  it("I9: a part that doesn't finish in one invocation is continued by the next, without doubles", async () => {
    const { rows, csv } = records(240);
    const queue = "-ingest-load.fifo";
    const before = await countCalls("load", "sqs:SendMessage", queue);
    // The first request of a process has the SDK's own retries, up to 7.5 s: the function has a little more.
    // One part, of which the batch from record 151 on isn't taken until somebody has sent the rest on.
    const slow: Fault = { ...batchWrite, mode: "throttle", contains: '"r170"' };
    await withTimeout("load", 12, () =>
      withQuickRetry("load", async () => {
        const upload = await withFault(slow, async () => {
          const sent = await put("inbox", "pressure/part.csv", csv);
          await until("the rest of the part is sent on", async () =>
            (await countCalls("load", "sqs:SendMessage", queue)) > before ? true : "no continuation",
          );
          return sent;
        });
        assertArrived(await arrival(upload), rows);
      }),
    );
  });

  it("I9: a collect that is killed in the middle of a file goes on where it was, without doubles", async () => {
    const { rows, ndjson } = manyParts();
    const stuck: Fault = {
      service: "s3",
      operation: "PutObject",
      mode: "delay",
      contains: "part-00020",
      milliseconds: 4000,
      count: 1,
    };
    await withQuickRetry("collect", async () => {
      const upload = await withFault(stuck, async ({ hits }) => {
        const sent = await put("inbox", "pressure/killed.ndjson", ndjson);
        await until("part 20 is on its way", async () => ((await hits()) > 0 ? true : "no"));
        assert.ok((await killWorkers("collect")) > 0);
        return sent;
      });
      assertArrived(await arrival(upload), rows);
    });
  });
});
