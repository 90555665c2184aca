import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { DynamoDBRecord } from "aws-lambda";
import fc from "fast-check";
import { isSafeNumber, parse } from "lossless-json";
import type { Log } from "../../../../functions/shared/log";
import {
  type AttributeValue,
  attributesJson,
  paddedSequence,
  parseKeyAttributes,
} from "../../../../functions/snowflake-landing/changes/changeLine";
import { writeChanges } from "../../../../functions/snowflake-landing/table-changes/writeChanges";

/** Keeps what was written, by key. */
class FakeS3 {
  readonly objects = new Map<string, Buffer>();
  fail: Error | undefined;
  readonly client = {
    send: async ({ input }: PutObjectCommand) => {
      if (this.fail !== undefined) throw this.fail;
      this.objects.set(`${input.Bucket}/${input.Key}`, input.Body as Buffer);
    },
  } as unknown as Pick<S3Client, "send">;
  lines(): string[] {
    return [...this.objects.values()].flatMap((body) => gunzipSync(body).toString().trimEnd().split("\n"));
  }
}

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const at = Date.parse("2026-03-01T23:59:59Z") / 1000;

function record(n: number, eventName: "INSERT" | "MODIFY" | "REMOVE" = "INSERT"): DynamoDBRecord {
  const Keys = { pk: { S: "p" }, sk: { S: String(n) } };
  const NewImage = { ...Keys, total: { N: "12345678901234567890.5" } };
  const dynamodb = {
    ApproximateCreationDateTime: at,
    Keys,
    SequenceNumber: String(100 + n),
    StreamViewType: "NEW_IMAGE",
  };
  return { eventName, dynamodb: { ...dynamodb, ...(eventName === "REMOVE" ? {} : { NewImage }) } } as DynamoDBRecord;
}

function write(s3: FakeS3, records: DynamoDBRecord[]) {
  const options = { bucket: "b", prefix: "changes/orders/", keyAttributes: ["pk", "sk"] };
  return writeChanges({ Records: records }, { s3: s3.client, log: quiet, ...options });
}

describe("table-changes", () => {
  it("W10: inserts, updates and deletes are told apart, numbers and sequence keep all digits", async () => {
    const s3 = new FakeS3();
    assert.deepEqual(await write(s3, [record(1), record(2, "MODIFY"), record(3, "REMOVE")]), { batchItemFailures: [] });
    const pad = "0".repeat(37);
    assert.deepEqual(s3.lines(), [
      `{"op":"INSERT","pk":"p","sk":"1","sequence":"${pad}101","at":"2026-03-01T23:59:59.000Z","item":{"pk":"p","sk":"1","total":12345678901234567890.5}}`,
      `{"op":"MODIFY","pk":"p","sk":"2","sequence":"${pad}102","at":"2026-03-01T23:59:59.000Z","item":{"pk":"p","sk":"2","total":12345678901234567890.5}}`,
      `{"op":"REMOVE","pk":"p","sk":"3","sequence":"${pad}103","at":"2026-03-01T23:59:59.000Z","item":null}`,
    ]);
  });

  it("W10: the same batch again overwrites the same object; a part of it gets another name", async () => {
    const s3 = new FakeS3();
    await write(s3, [record(1), record(2)]);
    const [[key, body] = assert.fail()] = [...s3.objects];
    assert.match(key, /^b\/changes\/orders\/dt=2026-03-01\/101-[0-9a-f]{16}\.ndjson\.gz$/);
    await write(s3, [record(1), record(2)]);
    assert.equal(s3.objects.size, 1);
    assert.deepEqual(s3.objects.get(key), body);
    await write(s3, [record(1)]);
    assert.equal(s3.objects.size, 2);
  });

  it("W10: a record that can't be written is reported, what came before it is written", async () => {
    const s3 = new FakeS3();
    const bad = record(2);
    delete bad.dynamodb?.NewImage;
    assert.deepEqual(await write(s3, [record(1), bad, record(3)]), { batchItemFailures: [{ itemIdentifier: "102" }] });
    assert.equal(s3.lines().length, 1);
  });

  it("W10: a first record that can't be written leaves no empty file behind", async () => {
    const s3 = new FakeS3();
    const bad = record(1);
    if (bad.dynamodb !== undefined) bad.dynamodb.Keys = { other: { S: "x" } };
    assert.deepEqual(await write(s3, [bad, record(2)]), { batchItemFailures: [{ itemIdentifier: "101" }] });
    assert.equal(s3.objects.size, 0);
  });

  it("W10: S3's failure fails the whole batch, so that it is tried again", async () => {
    const s3 = new FakeS3();
    s3.fail = new Error("SlowDown");
    await assert.rejects(write(s3, [record(1)]), /SlowDown/);
  });

  it("W10: sequence numbers sort as text as they do as numbers", () => {
    const number = fc.bigInt({ min: 0n, max: 10n ** 40n - 1n });
    fc.assert(
      fc.property(number, number, (a, b) => {
        assert.equal(paddedSequence(`${a}`) < paddedSequence(`${b}`), a < b);
      }),
    );
  });

  it("W10: every kind of attribute becomes JSON", () => {
    const attributes = {
      s: { S: 'a"\n' },
      n: { N: "-1.5E+10" },
      odd: { N: "007" },
      t: { BOOL: false },
      z: { NULL: true },
      m: { M: { l: { L: [{ N: "1" }, { S: "" }] } } },
      ss: { SS: ["b", "a"] },
      ns: { NS: ["1", "2"] },
      b: { B: "AAE=" },
      u: { B: Uint8Array.of(0, 1) },
      bs: { BS: ["AAE="] },
    };
    assert.equal(
      attributesJson(attributes),
      '{"s":"a\\"\\n","n":-1.5E+10,"odd":"007","t":false,"z":null,"m":{"l":[1,""]},"ss":["b","a"],"ns":[1,2],"b":"AAE=","u":"AAE=","bs":["AAE="]}',
    );
    assert.throws(() => attributesJson({ a: {} }), /unknown type/);
  });

  it("W10: what is written reads back with the digits that DynamoDB gave", () => {
    const digits = fc.stringMatching(/^-?[1-9][0-9]{0,37}$/);
    fc.assert(
      fc.property(fc.dictionary(fc.string(), digits), (numbers) => {
        const attributes = Object.fromEntries(
          Object.entries(numbers).map(([k, N]): [string, AttributeValue] => [k, { N }]),
        );
        const read = parse(attributesJson(attributes), undefined, String) as Record<string, string>;
        assert.deepEqual(Object.entries(read).sort(), Object.entries(numbers).sort());
      }),
    );
    assert.ok(!isSafeNumber("12345678901234567890.5"), "the number in the records is one that JavaScript can't hold");
  });

  it("W10: key attributes of another form are refused at start", () => {
    assert.deepEqual(parseKeyAttributes('["pk"]'), ["pk"]);
    for (const bad of ["{}", "[]", "[1]", '["a","b","c"]'])
      assert.throws(() => parseKeyAttributes(bad), /KEY_ATTRIBUTES/);
  });
});
