import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ObjectGone } from "../../../../functions/s3-to-dynamodb/collect/ports";
import { S3Source } from "../../../../functions/s3-to-dynamodb/collect/s3";
import { SqsSender } from "../../../../functions/s3-to-dynamodb/collect/sqsSender";
import type { LoadMessage, SourceConfig } from "../../../../functions/s3-to-dynamodb/shared/contract";
import { landingKey, uploadRecord } from "../../../../functions/s3-to-dynamodb/shared/upload";
import { config, source } from "./fakes";

/** How long was waited for, which nobody does here. */
let pauses: number[] = [];
const NO_PAUSE = async (ms: number): Promise<void> => {
  pauses.push(ms);
};
const BYTES = Buffer.from("0123456789");

interface GetInput {
  readonly Range?: string;
  readonly IfMatch?: string;
  readonly VersionId?: string;
}

/** An S3 whose bodies break off after so many bytes, with an error or as if that were all. */
function s3(
  breakAfter: readonly number[],
  failure?: Error,
  ignoresRanges = false,
  politely = false,
): { readonly client: S3Client; readonly inputs: GetInput[] } {
  const inputs: GetInput[] = [];
  const send = async ({ input }: { readonly input: GetInput }): Promise<object> => {
    if (failure) throw failure;
    const range = ignoresRanges ? undefined : input.Range;
    const [start = 0, end = 9] = (range ?? "").match(/\d+/g)?.map(Number) ?? [];
    const given = breakAfter[inputs.push(input) - 1];
    const body = async function* (): AsyncGenerator<Buffer> {
      yield BYTES.subarray(start, Math.min(end + 1, start + (given ?? 100)));
      if (given !== undefined && !politely) throw new Error("socket hang up");
    };
    const ContentRange = range && `bytes ${start}-${end}/${BYTES.length}`;
    const facts = { ETag: '"e"', LastModified: new Date(0), ContentLength: end + 1 - start, ContentRange };
    return { Body: Readable.from(body()), ...facts };
  };
  return { client: { send } as unknown as S3Client, inputs };
}

function named(name: string): Error {
  return Object.assign(new Error("from S3"), { name });
}

describe("collect: S3 and SQS", () => {
  beforeEach(() => {
    pauses = [];
  });

  it("I2: a connection that breaks off is taken up at its byte, for the same object or not at all", async () => {
    const { client, inputs } = s3([4, 3]);
    const object = await new S3Source(client, NO_PAUSE).open({ bucket: "b", key: "k", versionId: "v" });
    assert.equal((await buffer(object.read())).toString(), "0123456789");
    assert.deepEqual(
      inputs.map(({ Range, IfMatch, VersionId }) => [Range, IfMatch, VersionId]),
      [
        [undefined, undefined, "v"],
        ["bytes=4-9", '"e"', "v"],
        ["bytes=7-9", '"e"', "v"],
      ],
    );
    assert.equal(pauses.length, 2, "the store gets time between two tries");
    assert.deepEqual([object.etag, object.size, object.time], ["e", 10, "1970-01-01T00:00:00.000Z"]);
  });

  it("I13: a body that ends early without an error is taken up at its byte too, and is never the whole file", async () => {
    const once = s3([4], undefined, false, true);
    const object = await new S3Source(once.client, NO_PAUSE).open({ bucket: "b", key: "k" });
    assert.equal((await buffer(object.read())).toString(), "0123456789");
    const always = s3([4, 0, 0, 0, 0, 0, 0], undefined, false, true);
    const short = await new S3Source(always.client, NO_PAUSE).open({ bucket: "b", key: "k" });
    await assert.rejects(buffer(short.read()), /s3:\/\/b\/k ended at byte 4 of 10/);
    const ranged = s3([undefined as never, 1, 0, 0, 0, 0, 0], undefined, false, true);
    const part = await new S3Source(ranged.client, NO_PAUSE).open({ bucket: "b", key: "k" });
    await assert.rejects(buffer(part.read(2, 5)), /ended at byte 3 of 5/);
  });

  it("I13: a body that is longer than announced is an error, not a longer file", async () => {
    const send = async (): Promise<object> => {
      const facts = { ETag: '"e"', LastModified: new Date(0), ContentLength: 4 };
      return { Body: Readable.from([BYTES]), ...facts };
    };
    const object = await new S3Source({ send } as unknown as S3Client, NO_PAUSE).open({ bucket: "b", key: "k" });
    await assert.rejects(buffer(object.read()), /S3 gave 6 bytes more than it announced/);
  });

  it("I2: ranges are read without their end", async () => {
    const { client, inputs } = s3([]);
    const object = await new S3Source(client, NO_PAUSE).open({ bucket: "b", key: "k" });
    assert.equal((await buffer(object.read(2, 5))).toString(), "234");
    assert.equal((await buffer(object.read(0, 1))).toString(), "0");
    assert.deepEqual(
      inputs.map(({ Range }) => Range),
      [undefined, "bytes=2-4", "bytes=0-0"],
    );
  });

  it("I2: a store that answers a range with the whole object is an error, not wrong data", async () => {
    const { client } = s3([], undefined, true);
    const object = await new S3Source(client, NO_PAUSE).open({ bucket: "b", key: "k" });
    await assert.rejects(buffer(object.read(2, 5)), /S3 answered no range when asked for bytes 2-4/);
  });

  it("I7: what S3 says of an object that is gone is final, what may pass isn't", async () => {
    for (const name of ["NoSuchKey", "NoSuchVersion", "InvalidObjectState", "PreconditionFailed"]) {
      await assert.rejects(
        new S3Source(s3([], named(name)).client, NO_PAUSE).open({ bucket: "b", key: "k" }),
        ObjectGone,
      );
    }
    for (const name of ["AccessDenied", "SlowDown", "NoSuchBucket"]) {
      await assert.rejects(new S3Source(s3([], named(name)).client, NO_PAUSE).open({ bucket: "b", key: "k" }), {
        name,
      });
    }
  });

  const upload = uploadRecord({
    source: "orders",
    bucket: "b",
    key: "k",
    etag: "e",
    time: "t",
    size: 1,
    sequencer: "",
  });
  const messages: LoadMessage[] = Array.from({ length: 23 }, (_, index) => ({
    upload,
    attempt: 1,
    part: index + 1,
    landingKey: landingKey({ upload, attempt: 1 }, index + 1),
    records: 1,
  }));

  function sender(
    given: Partial<SourceConfig>,
    answer: (ids: readonly string[], call: number) => object,
  ): { readonly sender: SqsSender; readonly calls: NonNullable<SendMessageBatchCommand["input"]["Entries"]>[] } {
    const calls: NonNullable<SendMessageBatchCommand["input"]["Entries"]>[] = [];
    const send = async ({ input }: SendMessageBatchCommand): Promise<object> => {
      const entries = input.Entries ?? [];
      calls.push(entries);
      return answer(
        entries.map(({ Id }) => Id ?? ""),
        calls.length,
      );
    };
    return {
      sender: new SqsSender({ send } as unknown as SQSClient, config([source(given)]), "load", "collect", NO_PAUSE),
      calls,
    };
  }

  it("I8: load messages go ten at a time, in order, each with an id of its own", async () => {
    const { sender: sqs, calls } = sender({ keyFields: ["id"] }, () => ({}));
    await sqs.sendLoad(messages);
    assert.deepEqual(
      calls.map((entries) => entries.length),
      [10, 10, 3],
    );
    const entries = calls.flat();
    assert.deepEqual(
      entries.map(({ MessageBody }) => (JSON.parse(MessageBody ?? "") as LoadMessage).part),
      messages.map(({ part }) => part),
    );
    assert.equal(new Set(entries.map(({ MessageDeduplicationId }) => MessageDeduplicationId)).size, 23);
    assert.deepEqual([...new Set(entries.map(({ MessageGroupId }) => MessageGroupId))], ["orders"]);
  });

  it("I8, I19: entries that SQS didn't take are sent again, those at fault are an error", async () => {
    const busy = sender({}, (ids, call) =>
      call === 1 ? { Failed: [{ Id: ids[2], Code: "ServiceUnavailable" }] } : {},
    );
    await busy.sender.sendLoad(messages.slice(0, 4));
    assert.deepEqual(
      busy.calls.map((entries) => entries.map(({ Id }) => Id)),
      [["0", "1", "2", "3"], ["2"]],
    );
    assert.deepEqual(
      busy.calls[0]?.map(({ MessageGroupId }) => MessageGroupId),
      [1, 2, 3, 4].map((part) => `${upload.uploadId}-${part}`),
      "I19: parts without keys load side by side",
    );
    assert.equal(pauses.length, 1, "SQS gets time between two tries");
    const full = sender({}, (ids) => ({ Failed: ids.map((Id) => ({ Id, Code: "InternalError", Message: "later" })) }));
    await assert.rejects(full.sender.sendLoad(messages.slice(0, 2)), /refuses 2 messages: InternalError later/);
    assert.equal(full.calls.length, 6);
    const wrong = sender({}, (ids) => ({
      Failed: [{ Id: ids[0], Code: "InvalidMessageContents", SenderFault: true }],
    }));
    await assert.rejects(wrong.sender.sendLoad(messages.slice(0, 1)), /InvalidMessageContents/);
  });
});
