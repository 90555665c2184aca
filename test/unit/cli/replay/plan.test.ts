import assert from "node:assert/strict";
import { parseOptions } from "../../../../cli/replay/options";
import { uploadIdOf as idOf, type ListedObject } from "../../../../cli/replay/plan";
import { replay } from "../../../../cli/replay/replay";
import { parseCollectMessage } from "../../../../functions/s3-to-dynamodb/collect/events";
import type { FileEntry, FileStatus } from "../../../../functions/s3-to-dynamodb/ledger/ledger";

const OF = { source: "s", bucket: "b", force: false };
const NOW = new Date("2026-02-01T00:00:00Z");

function object(key: string, versionId?: string): ListedObject {
  return { key, versionId, etag: `e-${key}`, size: 1, time: new Date("2026-01-01T00:00:00Z") };
}

function entry(of: ListedObject, status: FileStatus, progressAt = "2026-01-01T00:00:00Z"): FileEntry {
  return {
    uploadId: idOf(OF, of),
    status,
    startedAt: "2025-01-01T00:00:00Z",
    progressAt,
    sequencer: "0A",
  } as FileEntry;
}

async function run(objects: ListedObject[], entries: FileEntry[], force = false, failOn = "") {
  const sent: string[] = [];
  const reset: string[] = [];
  const asked: number[] = [];
  const printed: string[] = [];
  const summary = await replay(
    { ...OF, force, dryRun: false },
    {
      objects: async function* () {
        yield* objects;
      },
      ledger: {
        getFiles: async (_source, uploadIds) => {
          asked.push(uploadIds.length);
          return new Map(
            entries.filter(({ uploadId }) => uploadIds.includes(uploadId)).map((each) => [each.uploadId, each]),
          );
        },
        restart: async ({ uploadId }) => {
          reset.push(uploadId);
          return true;
        },
      },
      send: async (body) => {
        if (failOn !== "" && body.includes(failOn)) throw new Error("no such queue");
        sent.push(body);
      },
      print: (line) => printed.push(line),
      now: () => NOW,
    },
  );
  return { summary, reset, asked, printed, objects: sent.flatMap((body) => parseCollectMessage(body).objects) };
}

describe("replay", () => {
  it("I10: sends what the ledger lacks or has left unfinished, and leaves alone what is done or at work", async () => {
    const [missing, loaded, bad, stuck, busy] = ["a b+ü/1.csv", "2", "3", "4", "5"].map((key) => object(key)) as [
      ListedObject,
      ListedObject,
      ListedObject,
      ListedObject,
      ListedObject,
    ];
    const entries = [
      entry(loaded, "loaded"),
      entry(bad, "quarantined"),
      entry(stuck, "landed"),
      entry(busy, "collecting", "2026-01-31T23:59:00Z"),
    ];
    const { summary, objects, reset } = await run([missing, loaded, bad, stuck, busy], entries);
    assert.deepEqual(summary, { listed: 5, sent: 2, skipped: 3, failed: 0 });
    assert.deepEqual(
      objects.map(({ key, sequencer, etag }) => [key, sequencer, etag]),
      [
        ["a b+ü/1.csv", "", "e-a b+ü/1.csv"],
        ["4", "0A", "e-4"],
      ],
    );
    assert.deepEqual(reset, []);
  });

  it("I10: --force forgets a loaded file and sends it with its own place in the order", async () => {
    const loaded = object("1");
    const { objects, reset } = await run([loaded], [entry(loaded, "loaded")], true);
    assert.deepEqual(reset, [idOf(OF, loaded)]);
    assert.equal(objects[0]?.sequencer, "0A");
  });

  it("I10: two versions of one second keep their order", async () => {
    const { objects } = await run([object("1", "v1"), object("1", "v2")], [entry(object("1", "v1"), "loaded")]);
    assert.deepEqual(
      objects.map(({ versionId, sequencer }) => [versionId, sequencer]),
      [["v2", `0A${"0".repeat(29)}1`]],
      "one more than the version before, compared with zeros at the right",
    );
    const alone = await run([object("1", "v1"), object("1", "v2"), object("1", "v3")], []);
    const sequencers = alone.objects.map(({ sequencer }) => sequencer.padEnd(32, "0"));
    assert.deepEqual([...sequencers].sort(), sequencers);
    assert.equal(new Set(sequencers).size, 3);
  });

  it("I16: the same bytes written again later in a bucket without versions are another upload", async () => {
    const first = object("1");
    const again = { ...first, time: new Date("2026-01-01T00:00:01Z") };
    assert.notEqual(idOf(OF, again), idOf(OF, first));
    const { objects } = await run([again], [entry(first, "loaded")]);
    assert.equal(objects.length, 1);
    assert.equal(
      idOf(OF, { ...first, time: new Date("2026-01-01T00:00:00.900Z") }),
      idOf(OF, first),
      "S3 tells seconds",
    );
    assert.equal(idOf(OF, object("1", "v")), idOf(OF, { ...object("1", "v"), time: NOW }), "a version is one upload");
  });

  it("I17: what something was heard of a minute ago is at work, however long ago it began", async () => {
    const [busy, stuck] = [object("1"), object("2")];
    const { objects } = await run(
      [busy, stuck],
      [entry(busy, "landed", "2026-01-31T23:59:00Z"), entry(stuck, "collecting", "2026-01-31T23:44:00Z")],
    );
    assert.deepEqual(
      objects.map(({ key }) => key),
      ["2"],
    );
  });

  it("I21: objects are compared with the ledger a hundred at a time", async () => {
    const objects = Array.from({ length: 250 }, (_, index) => object(`${index}`));
    const { asked, summary } = await run(
      objects,
      objects.slice(0, 249).map((each) => entry(each, "loaded")),
    );
    assert.deepEqual(asked, [100, 100, 50]);
    assert.deepEqual([summary.listed, summary.sent], [250, 1]);
  });

  it("I10: one that can't be sent is reported, the others are sent", async () => {
    const { summary, printed } = await run([object("1"), object("2")], [], false, '"1"');
    assert.deepEqual([summary.sent, summary.failed], [1, 1]);
    assert.ok(printed.some((line) => /FAILED 1: .*no such queue/.test(line)));
  });

  it("I10: the command line takes its names from the stack's outputs, and says what is missing", () => {
    const outputs = JSON.stringify({
      ingestion: { collectQueueUrl: "q", ledgerTableName: "l", sourceBuckets: { s: "b" } },
    });
    const args = ["--source", "s", "--outputs", "o.json", "--component", "ingestion", "--since", "2026-01-31"];
    const { bucket, queueUrl, ledgerTable, since } = parseOptions(args, () => outputs) ?? {};
    assert.deepEqual(
      [bucket, queueUrl, ledgerTable, since?.toISOString()],
      ["b", "q", "l", "2026-01-31T00:00:00.000Z"],
    );
    assert.equal(parseOptions(["--help"]), undefined);
    assert.throws(() => parseOptions([]), /--source is missing/);
    assert.throws(() => parseOptions(["--source", "s"]), /--bucket is missing/);
    assert.throws(() => parseOptions(["--sauce", "s"]), /--sauce/);
    assert.throws(() => parseOptions([...args, "--since", "soon"], () => outputs), /--since soon isn't a time/);
  });
});
