/** What goes wrong while exports are imported, each on a table of its own. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { FileEntry } from "../../../functions/export-delta-import/registry/entries";
import { operations } from "./copies";
import { type Imports, tenant } from "./imports";

const slowStream = { service: "kinesis", operation: "PutRecords", mode: "delay", milliseconds: 1_500 };

/** @param of the cloud, once it is up */
export function faultTests(of: () => Imports): void {
  it("D10, D13: a publisher killed in the middle: operations go out again, each key's in order, and the target is exact", async () => {
    const imports = of();
    // A request takes 500 operations.
    const count = 510;
    const csv = (value: string): string =>
      `id,v\n${Array.from({ length: count }, (_, i) => `${i},${value} ${i}\n`).join("")}`;
    await imports.importAll("publisher", "20260101_V0001", csv("old"));
    await imports.withFault(slowStream, async (hits) => {
      await imports.upload("publisher", "20260101_V0002", csv("new"));
      // The first request was taken, the second, its last, is on its way.
      await imports.until("the publisher is in the middle", async () => (await hits()) === 2 || `${await hits()}`);
      assert.ok((await imports.killWorkers("publish")) > 0);
    });
    const { published, delta } = await imports.reached("publisher", "20260101_V0002", "imported");
    assert.deepEqual([published, delta?.counts.updated], [count, count]);
    const versions = new Map<string, string[]>();
    const sent = await operations(imports, "publisher");
    for (const { key, version } of sent) {
      versions.set(key.id ?? "", [...(versions.get(key.id ?? "") ?? []), version]);
    }
    assert.equal(versions.size, count);
    for (const [id, seen] of versions) {
      assert.deepEqual([...new Set(seen)], ["20260101_V0001", "20260101_V0002"], id);
      assert.deepEqual(seen, [...seen].sort(), id);
    }
    assert.ok(sent.length > 2 * count, "the killed publisher's operations went out once more");
    const rows = await imports.rows("publisher");
    assert.deepEqual(
      Object.values(rows).filter(({ id, v }) => v?.S !== `new ${id?.S}`),
      [],
    );
    assert.equal(Object.keys(rows).length, count);
  });

  it("D5: stopped by hand while it publishes: the lock is free, the next export finishes that version first", async () => {
    const imports = of();
    const csv = (value: string): string => `id,v\n${[1, 2, 3].map((i) => `${i},${value}\n`).join("")}`;
    await imports.importAll("halfway", "20260101_V0001", csv("a"));
    await imports.withFault(slowStream, async () => {
      await imports.upload("halfway", "20260101_V0002", csv("b"));
      await imports.reached("halfway", "20260101_V0002", "publishing");
      await imports.stopImport("halfway", "20260101_V0002");
    });
    const stopped = await imports.reached("halfway", "20260101_V0002", "failed");
    assert.match(stopped.reason ?? "", /ended as ABORTED/);
    await imports.until("the lock is free", async () => (await imports.lockOwner("halfway")) ?? true);
    assert.equal((await imports.head("halfway"))?.version, "20260101_V0001");
    const next = await imports.importAll("halfway", "20260101_V0003", csv("c"));
    assert.equal(next.delta?.from, "20260101_V0002");
    const resumed = await imports.version("halfway", "20260101_V0002");
    assert.deepEqual([resumed?.status, resumed?.attempts], ["imported", 2]);
    assert.deepEqual(new Set(Object.values(await imports.rows("halfway")).map(({ v }) => v?.S)), new Set(["c"]));
  });

  it("D3, D4: an event that comes twice, during its import and after it, imports once", async () => {
    const imports = of();
    const again = async (): Promise<void> => {
      const files = await imports.registry.query<FileEntry>(`${tenant}#twice`, "file#");
      const events = files.map(({ item }) => eventOf(item));
      assert.equal(events.length, 1);
      const QueueUrl = imports.output("registerQueueUrl");
      for (const event of [...events, ...events]) {
        await imports.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
      }
      await imports.until("the events are dealt with", async () => {
        const AttributeNames = [
          "ApproximateNumberOfMessages" as const,
          "ApproximateNumberOfMessagesNotVisible" as const,
        ];
        const { Attributes } = await imports.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
        return Object.values(Attributes ?? {}).every((left) => left === "0") || JSON.stringify(Attributes);
      });
    };
    await imports.withFault(slowStream, async () => {
      await imports.upload("twice", "20260101_V0001", "id\n1\n2\n");
      await imports.reached("twice", "20260101_V0001", "publishing");
      await again();
    });
    const first = await imports.reached("twice", "20260101_V0001", "imported");
    const executions = await imports.executions();
    await again();
    assert.equal(await imports.executions(), executions);
    assert.deepEqual(await imports.version("twice", "20260101_V0001"), first);
    assert.equal(first.attempts, 1);
    assert.equal((await operations(imports, "twice")).length, 2);
  });

  it("D9: a header that has lost a column is refused, one with a column more is taken, and compared with what was imported", async () => {
    const imports = of();
    await imports.importAll("header", "20260101_V0001", "id,a,b\n1,x,y\n2,x,y\n");
    await imports.upload("header", "20260101_V0002", "id,a\n1,z\n2,z\n");
    const { reason } = await imports.reached("header", "20260101_V0002", "refused");
    assert.match(reason ?? "", /column "b" was dropped \(droppedColumns: refuse\)/);
    const { delta, staged } = await imports.importAll("header", "20260101_V0003", "c,b,a,id\n,y,x,1\nnew,y,x,2\n");
    assert.equal(delta?.from, "20260101_V0001");
    assert.deepEqual(delta?.counts, { inserted: 0, updated: 1, deleted: 0, unchanged: 1 });
    assert.deepEqual(staged?.changes, ['column "c" was added']);
    assert.deepEqual(await imports.rows("header"), {
      1: { id: { S: "1" }, a: { S: "x" }, b: { S: "y" } },
      2: { id: { S: "2" }, a: { S: "x" }, b: { S: "y" }, c: { S: "new" } },
    });
  });

  it("D8, D9: keys and columns with quotes of every kind are themselves all the way", async () => {
    const imports = of();
    const keys = ["o'brien", 'say ""hi""', "'; DROP TABLE x; --", "back\\slash", "`tick`"];
    const csv = (value: string, of: readonly string[]): string =>
      `id,"it's a ""column"""\n${of.map((key) => `"${key}",${value}\n`).join("")}`;
    await imports.importAll("quotes", "20260101_V0001", csv("1", keys));
    const { delta } = await imports.importAll("quotes", "20260101_V0002", csv("'2'", keys.slice(1)));
    assert.deepEqual(delta?.counts, { inserted: 0, updated: 4, deleted: 1, unchanged: 0 });
    const rows = Object.values(await imports.rows("quotes"));
    assert.deepEqual(
      new Set(rows.map(({ id }) => id?.S)),
      new Set(['say "hi"', "'; DROP TABLE x; --", "back\\slash", "`tick`"]),
    );
    assert.deepEqual(new Set(rows.map((row) => row[`it's a "column"`]?.S)), new Set(["'2'"]));
  });

  it("D7: a query that scans more than maxScannedBytes is cancelled; the import fails and nothing changes", async () => {
    const imports = of();
    // Random text, which gzip makes a quarter smaller: 11 MB.
    const rows = Array.from({ length: 800 }, (_, i) => `${i},${randomBytes(13_500).toString("base64")}\n`);
    await imports.upload("large", "20260101_V0001", `id,v\n${rows.join("")}`);
    const { reason, attempts } = await imports.reached("large", "20260101_V0001", "failed");
    assert.match(reason ?? "", /Bytes scanned limit was exceeded/);
    assert.equal(attempts, 1);
    await imports.until("the lock is free", async () => (await imports.lockOwner("large")) ?? true);
    assert.deepEqual(await imports.rows("large"), {});
  });

  it("D7: a query that fails is the import's failure; with the cause gone, delta-replay brings the version in", async () => {
    const imports = of();
    await imports.importAll("broken", "20260101_V0001", "id,v\n1,a\n2,a\n");
    const Bucket = imports.output("workBucketName");
    const { Contents = [] } = await imports.s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: `staged/${tenant}/broken/` }),
    );
    const Key = Contents[0]?.Key;
    const { Body } = await imports.s3.send(new GetObjectCommand({ Bucket, Key }));
    const whole = await Body?.transformToByteArray();
    await imports.s3.send(new PutObjectCommand({ Bucket, Key, Body: gzipSync('{"c1":"1","c2"\n') }));
    await imports.upload("broken", "20260101_V0002", "id,v\n1,a\n2,b\n");
    const { reason } = await imports.reached("broken", "20260101_V0002", "failed");
    assert.match(reason ?? "", /HIVE_CURSOR_ERROR/);
    await imports.until("the lock is free", async () => (await imports.lockOwner("broken")) ?? true);
    assert.equal((await imports.head("broken"))?.version, "20260101_V0001");
    assert.equal((await imports.rows("broken"))[2]?.v?.S, "a");
    await imports.s3.send(new PutObjectCommand({ Bucket, Key, Body: whole }));
    assert.match(await imports.command("delta-replay", "broken", "20260101_V0002"), /is read and compared anew/);
    await imports.until("it is imported", async () => {
      const entry = await imports.version("broken", "20260101_V0002");
      return entry?.status === "imported" || (entry?.status ?? "unknown");
    });
    assert.equal((await imports.rows("broken"))[2]?.v?.S, "b");
  });
}

/** The file's event, as EventBridge has sent it. */
function eventOf({ bucket, key, versionId, etag, size, sequencer }: FileEntry): Readonly<Record<string, unknown>> {
  const object = { key, size, etag, "version-id": versionId, sequencer };
  return { source: "aws.s3", "detail-type": "Object Created", detail: { bucket: { name: bucket }, object } };
}
