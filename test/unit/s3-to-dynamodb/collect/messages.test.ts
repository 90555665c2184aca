import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { SQSEvent } from "aws-lambda";
import { collectBatch } from "../../../../functions/s3-to-dynamodb/collect/batch";
import { collectMessage } from "../../../../functions/s3-to-dynamodb/collect/collectMessage";
import { parseCollectMessage } from "../../../../functions/s3-to-dynamodb/collect/events";
import type { LoadMessage } from "../../../../functions/s3-to-dynamodb/shared/contract";
import { partDeadline } from "../../../../functions/s3-to-dynamodb/shared/deadline";
import { landingKey, uploadRecord } from "../../../../functions/s3-to-dynamodb/shared/upload";
import type { PipelineCounts } from "../../../../functions/shared/metrics";
import { HOLD } from "../load/fakes";
import { AFTER_EACH_PART, config, FakeCloud, NEVER, s3Event, source } from "./fakes";
import { collect, finish } from "./run";

const ROWS = `a,b\n${Array.from({ length: 30 }, (_, index) => `${index},x\n`).join("")}`;

function sqs(...bodies: string[]): SQSEvent {
  return { Records: bodies.map((body, index) => ({ messageId: `m${index}`, body })) } as SQSEvent;
}

describe("collect: events", () => {
  it("I2: S3's notification, test event and removal, EventBridge's event", () => {
    const [object] = parseCollectMessage(s3Event("a b/c+d%/ü.csv", { versionId: "v1", eTag: "e" })).objects;
    assert.deepEqual(object, {
      bucket: "in",
      key: "a b/c+d%/ü.csv",
      versionId: "v1",
      etag: "e",
      size: 1,
      sequencer: "0A",
      time: "2026-01-02T03:04:05.678Z",
    });
    assert.equal(parseCollectMessage(s3Event("a", { versionId: "null" })).objects[0]?.versionId, undefined);
    assert.deepEqual(parseCollectMessage('{"Service":"Amazon S3","Event":"s3:TestEvent"}'), {
      objects: [],
      ignored: 1,
    });
    const removed = s3Event("a").replace("ObjectCreated:Put", "ObjectRemoved:Delete");
    assert.deepEqual(parseCollectMessage(removed), { objects: [], ignored: 1 });
    const detail = {
      bucket: { name: "in" },
      object: { key: "a+b c", size: 2, etag: "e", "version-id": "v", sequencer: "1" },
    };
    const event = { source: "aws.s3", "detail-type": "Object Created", time: "2026-01-02T03:04:05Z", detail };
    assert.deepEqual(parseCollectMessage(JSON.stringify(event)).objects[0], {
      bucket: "in",
      key: "a+b c",
      versionId: "v",
      etag: "e",
      size: 2,
      sequencer: "1",
      time: "2026-01-02T03:04:05.000Z",
    });
    assert.throws(() => parseCollectMessage('{"x":1}'), /isn't an S3 event/);
    assert.throws(() => parseCollectMessage("x"), /isn't JSON/);
  });

  it("I3: landing keys are repeatable, tell versions apart, and bear any object key", () => {
    const facts = { source: "s", bucket: "b", etag: "e", time: "2026-01-02T03:04:05.678Z", size: 1, sequencer: "" };
    const of = (key: string, more = {}, attempt = 1): string =>
      landingKey({ upload: uploadRecord({ ...facts, key, ...more }), attempt }, 1);
    assert.equal(of("a/b.csv"), "landing/s/a/b.csv/e-20260102T030405Z/part-00001.ndjson.gz");
    assert.equal(of("a b+%ü.csv", { versionId: "v" }), "landing/s/a%20b%2B%25%C3%BC.csv/v/part-00001.ndjson.gz");
    assert.notEqual(of("a"), of("a", { etag: "f" }));
    assert.equal(of("../x", { versionId: "v" }), "landing/s/%2E%2E/x/v/part-00001.ndjson.gz");
    const long = of("ü".repeat(500), { versionId: "v" });
    assert.ok(long.length < 1024 && /^landing\/s\/sha256-[0-9a-f]{64}\/v\/part-00001/.test(long), long);
    assert.notEqual(long, of(`${"ü".repeat(499)}u`, { versionId: "v" }));
  });

  it("I20: a forced replay's parts have keys that Snowpipe hasn't seen", () => {
    const upload = uploadRecord({
      source: "s",
      bucket: "b",
      key: "a.csv",
      versionId: "v",
      etag: "e",
      time: "2026-01-02T03:04:05.000Z",
      size: 1,
      sequencer: "",
    });
    assert.equal(landingKey({ upload, attempt: 2 }, 1), "landing/s/a.csv/v/attempt-2/part-00001.ndjson.gz");
  });

  it("I1: the longest prefix decides; what no source covers is passed over and logged", async () => {
    const cloud = new FakeCloud(
      config([source({ prefix: "a/" }), source({ name: "deep", prefix: "a/b/", suffix: ".csv" })]),
    );
    cloud.put("a/b/x.csv", "a\n1\n");
    const [outcome] = await collectMessage(s3Event("a/b/x.csv"), cloud.ports, NEVER);
    assert.equal(cloud.file.source, "deep");
    assert.equal(outcome?.sent, 1);
    const [other] = await collectMessage(s3Event("c/x.csv"), cloud.ports, NEVER);
    assert.equal(other?.state, "unmatched");
  });

  it("I6: the same object twice: nothing is read again, and only parts that aren't loaded are announced again", async () => {
    const cloud = await collect("a.csv", ROWS, {}, { partBytes: 900 });
    const parts = cloud.sent.length;
    assert.ok(parts > 3);
    const landing = new Map(cloud.landing);
    const first = cloud.sent.splice(0);
    await cloud.ledger.finishPart(first[0] as LoadMessage, { loaded: 1, quarantined: 0 });
    const [again] = await collectMessage(s3Event("a.csv"), cloud.ports, NEVER);
    assert.equal(again?.state, "known");
    assert.deepEqual(cloud.sent, first.slice(1));
    assert.deepEqual(cloud.landing, landing);
    assert.equal(
      first.reduce((sum, { records }) => sum + records, 0),
      30,
    );
  });

  it("I6: the same object twice and at once: the slower of the two finds it collected, and nothing fails", async () => {
    const cloud = new FakeCloud(config([source()], { partBytes: 900 }));
    cloud.put("a.csv", ROWS);
    const outcomes = await Promise.all([1, 2].map(() => collectMessage(s3Event("a.csv"), cloud.ports, NEVER)));
    assert.deepEqual(outcomes.map(([outcome]) => outcome?.state).sort(), ["known", "landed"]);
    assert.equal(cloud.file.status, "landed");
    assert.equal(cloud.lines().length, 30);
    const announced = new Set(cloud.sent.map(({ part }) => part));
    assert.deepEqual(
      [...announced].sort(),
      cloud.keys("landing/").map((_, index) => index + 1),
    );
  });

  it("I6: a retry after a fault between checkpoint and end gives the same parts and counts", async () => {
    const once = await collect("a.csv", ROWS, {}, { partBytes: 900 });
    const cloud = new FakeCloud(once.config);
    cloud.put("a.csv", ROWS);
    const { ports } = cloud;
    let puts = 0;
    const put = async (key: string, body: Buffer): Promise<void> => {
      if (++puts === 3) throw new Error("S3 is down");
      cloud.landing.set(key, body);
    };
    const failing = { ...ports, sink: { ...ports.sink, put } };
    await assert.rejects(collectMessage(s3Event("a.csv"), failing, NEVER), /S3 is down/);
    assert.equal(cloud.sent.length, 0);
    await collectMessage(s3Event("a.csv"), ports, NEVER);
    assert.deepEqual(cloud.landing, once.landing);
    assert.deepEqual(cloud.sent, once.sent);
    assert.deepEqual([cloud.file.read, cloud.file.landed], [30, 30]);
    // The second time begins at the checkpoint, not at the start.
    assert.ok((cloud.reads.at(-1)?.start ?? 0) > 0);
  });

  it("I16: an event that comes again after its object was written again isn't about the new one", async () => {
    const cloud = new FakeCloud(config([source()]));
    const eTag = createHash("md5").update(ROWS).digest("hex");
    const [first, second] = ["0A", "0B"].map((sequencer) => s3Event("a.csv", { eTag, sequencer })) as [string, string];
    cloud.put("a.csv", ROWS);
    await collectMessage(first, cloud.ports, NEVER);
    cloud.put("a.csv", ROWS, undefined, "2026-01-02T09:00:00.000Z");
    await collectMessage(first, cloud.ports, NEVER);
    assert.deepEqual(
      cloud.files.map(({ time }) => time),
      ["2026-01-02T03:04:05.000Z"],
    );
    await collectMessage(second, cloud.ports, NEVER);
    assert.deepEqual(
      cloud.files.map(({ time, sequencer }) => [time, sequencer]),
      [
        ["2026-01-02T03:04:05.000Z", "0A"],
        ["2026-01-02T09:00:00.000Z", "0B"],
      ],
    );
    assert.equal(cloud.keys("landing/").length, 2, "Snowpipe never loads a key twice");
  });

  it("I7: an object that is gone is told in ledger and quarantine, and not tried for ever", async () => {
    const cloud = new FakeCloud(config([source()]));
    const [outcome] = await collectMessage(s3Event("gone.csv", { eTag: "abc" }), cloud.ports, NEVER);
    assert.equal(outcome?.state, "quarantined");
    assert.equal(cloud.file.status, "quarantined");
    assert.match(cloud.file.reason ?? "", /deleted/);
    assert.equal(cloud.quarantined()[0]?.record, 0);
  });

  it("I9, I20: an object overwritten between two invocations is given up, and nothing of it has been seen", async () => {
    const cloud = new FakeCloud(config([source()], { partBytes: 900 }));
    cloud.put("a.csv", ROWS);
    await collectMessage(s3Event("a.csv"), cloud.ports, AFTER_EACH_PART);
    assert.ok(cloud.keys("staging/").length > 0);
    assert.deepEqual(cloud.keys("landing/"), []);
    cloud.put("a.csv", `${ROWS}new,y\n`);
    await finish(cloud, NEVER);
    assert.equal(cloud.file.status, "quarantined");
    assert.match(cloud.file.reason ?? "", /overwritten/);
    assert.deepEqual([cloud.keys("landing/"), cloud.sent], [[], []]);
  });

  it("I9: an invocation too short for a single part says so instead of starting over for ever", async () => {
    const cloud = new FakeCloud(config([source()]));
    cloud.put("a.csv", ROWS);
    const over = { near: () => true, over: () => true };
    await assert.rejects(collectMessage(s3Event("a.csv"), cloud.ports, over), /timeout or memory/);
  });

  it("I9: time is short with a fifth or 30 s left, or twice the longest part's time", () => {
    let left = 100_000;
    const deadline = partDeadline(() => left);
    left = 80_000;
    assert.equal(deadline.near(), false);
    left = 30_000;
    assert.equal(deadline.near(), true);
    assert.equal(partDeadline(() => 900_000).near(), false);
  });

  it("I8: one message that fails comes again alone; when all fail the invocation fails", async () => {
    const cloud = new FakeCloud(config([source()]));
    cloud.put("a.csv", "a\n1\n2,3\n");
    const counts: PipelineCounts[] = [];
    const count = (each: PipelineCounts): void => void counts.push(each);
    const answer = await collectBatch(
      sqs("nonsense", s3Event("a.csv"), s3Event("gone")),
      cloud.ports,
      NEVER,
      HOLD,
      count,
    );
    assert.deepEqual(answer, { batchItemFailures: [{ itemIdentifier: "m0" }] });
    assert.deepEqual(counts, [{ RecordsRead: 2, RecordsQuarantined: 1 }, { FilesQuarantined: 1 }]);
    await assert.rejects(collectBatch(sqs("nonsense"), cloud.ports, NEVER, HOLD, count), /isn't JSON/);
  });

  it("I21: an invocation in which everything fails tells every error, not the first alone", async () => {
    const cloud = new FakeCloud(config([source()]));
    const all = collectBatch(sqs("nonsense", '{"x":1}'), cloud.ports, NEVER, HOLD, () => undefined);
    await assert.rejects(all, (error: AggregateError) => {
      assert.match(error.message, /isn't JSON[\s\S]*isn't an S3 event/);
      assert.equal(error.errors.length, 2);
      return true;
    });
  });

  it("I21: of a message with several objects each is dealt with, though another fails", async () => {
    const cloud = new FakeCloud(config([source()]));
    cloud.put("a.csv", "a\n1\n");
    cloud.put("b.csv", "a\n1\n");
    const { ports } = cloud;
    const open = async (name: { readonly key: string }) => {
      if (name.key !== "b.csv") throw new Error(`S3 is down for ${name.key}`);
      return ports.source.open({ bucket: "in", ...name });
    };
    const Records = ["x", "b.csv", "y"].flatMap((key) => (JSON.parse(s3Event(key)) as { Records: object[] }).Records);
    const states: string[] = [];
    const run = collectMessage(JSON.stringify({ Records }), { ...ports, source: { open } }, NEVER, ({ state }) =>
      states.push(state),
    );
    await assert.rejects(run, /S3 is down for x[\s\S]*S3 is down for y/);
    assert.deepEqual(states, ["landed"]);
  });
});
