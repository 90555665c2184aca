import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { AttributeValue, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import type { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Log } from "../../../../functions/shared/log";
import {
  parseRequest,
  type SegmentRequest,
  scanSegment,
  snapshot,
} from "../../../../functions/snowflake-landing/table-snapshot/snapshot";

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A table of numbered items with binary keys, read in pages, and the files made of it. */
class FakeTable {
  readonly files = new Map<string, string[]>();
  reads = 0;
  constructor(
    readonly items: number,
    readonly page: number,
  ) {}
  readonly dynamoDb = {
    send: async ({ input }: ScanCommand) => {
      this.reads += 1;
      const mine = [...Array(this.items).keys()].filter((n) => n % (input.TotalSegments ?? 1) === input.Segment);
      const after = input.ExclusiveStartKey?.pk?.B;
      const start = after === undefined ? 0 : mine.indexOf(Buffer.from(after).readUInt32BE()) + 1;
      const ids = mine.slice(start, start + this.page);
      const key = (n: number): Record<string, AttributeValue> => {
        const B = Buffer.alloc(4);
        B.writeUInt32BE(n);
        return { pk: { B } };
      };
      const last = ids.at(-1);
      const more = last !== undefined && last !== mine.at(-1);
      return { Items: ids.map(key), ...(more ? { LastEvaluatedKey: key(last) } : {}) };
    },
  } as unknown as Pick<DynamoDBClient, "send">;
  readonly s3 = {
    send: async ({ input }: PutObjectCommand) => {
      const text = gunzipSync(input.Body as Buffer).toString();
      this.files.set(input.Key ?? "", text.trimEnd().split("\n"));
    },
  } as unknown as Pick<S3Client, "send">;
  keys(): number[] {
    const lines = [...this.files.values()].flat().map((line) => JSON.parse(line) as { pk: string });
    return lines.map(({ pk }) => Buffer.from(pk, "base64").readUInt32BE()).sort((a, b) => a - b);
  }
}

function scanner(table: FakeTable, { fileBytes = 1e9, timeIsUp = (): boolean => false } = {}) {
  const { dynamoDb, s3 } = table;
  const now = (): Date => new Date("2026-03-01T00:00:00Z");
  const names = { table: "t", bucket: "b", prefix: "changes/orders/", keyAttributes: ["pk"] };
  return (request: SegmentRequest) =>
    scanSegment(request, { ...names, dynamoDb, s3, log: quiet, fileBytes, timeIsUp, now });
}

/** Runs the start and everything that it sends, each event through JSON as Lambda does. */
async function runAll(event: unknown, scan: ReturnType<typeof scanner>): Promise<number> {
  const queue: unknown[] = [event];
  let invocations = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    invocations += 1;
    assert.ok(invocations < 1000, "never ends");
    const invokeSelf = async (request: SegmentRequest): Promise<void> => {
      queue.push(JSON.parse(JSON.stringify(request)));
    };
    await snapshot(next, { log: quiet, requestId: "run-1", invokeSelf, scan });
  }
  return invocations;
}

describe("table-snapshot", () => {
  it("W10: a full load writes every item once, as LOAD with sequence 0", async () => {
    const table = new FakeTable(100, 7);
    assert.equal(await runAll({ segments: 3 }, scanner(table)), 4);
    assert.deepEqual(table.keys(), [...Array(100).keys()]);
    const [first = ""] = [...table.files.values()][0] ?? [];
    assert.equal(
      first,
      `{"op":"LOAD","pk":"AAAAAA==","sk":null,"sequence":"${"0".repeat(40)}","at":"2026-03-01T00:00:00.000Z","item":{"pk":"AAAAAA=="}}`,
    );
    for (const key of table.files.keys())
      assert.match(key, /^changes\/orders\/load=run-1\/00[0-2]-00001-[0-9a-f]{16}\.ndjson\.gz$/);
  });

  it("W10: when time is up it goes on in another invocation, with nothing left out or doubled", async () => {
    const table = new FakeTable(50, 4);
    const invocations = await runAll({ segments: 2 }, scanner(table, { timeIsUp: () => true }));
    assert.equal(invocations, 1 + 2 * 7, "each reads one page");
    assert.deepEqual(table.keys(), [...Array(50).keys()]);
  });

  it("W10: files are finished at their size", async () => {
    const table = new FakeTable(10, 2);
    await runAll({ segments: 1 }, scanner(table, { fileBytes: 1 }));
    assert.equal(table.files.size, 5);
  });

  it("W10: an empty table gives no file", async () => {
    const table = new FakeTable(0, 2);
    await runAll({}, scanner(table));
    assert.equal(table.reads, 4);
    assert.equal(table.files.size, 0);
  });

  it("W10: the rest is sent only after the files are written", async () => {
    const table = new FakeTable(10, 2);
    const request = { run: "r", segment: 0, segments: 1, file: 1 };
    const invokeSelf = async (): Promise<void> => {
      assert.equal(table.files.size, 1);
      throw new Error("throttled");
    };
    const scan = scanner(table, { timeIsUp: () => true });
    await assert.rejects(snapshot(request, { log: quiet, requestId: "x", invokeSelf, scan }), /throttled/);
  });

  it("W10: an event of another form is refused with what to send", () => {
    assert.deepEqual(parseRequest({}), { start: { segments: 4 } });
    assert.throws(() => parseRequest(null), /send \{\} or/);
    assert.throws(() => parseRequest({ segments: 65 }), /1 to 64/);
    assert.throws(() => parseRequest({ run: "r", segment: 4, segments: 4, file: 1 }), /Start a run with/);
  });
});
