import assert from "node:assert/strict";
import { parseOptions } from "../../../../cli/replay/options";
import { type ListedObject, uploadIdOf } from "../../../../cli/replay/plan";
import { replay } from "../../../../cli/replay/replay";
import { parseCollectMessage } from "../../../../functions/s3-to-dynamodb/collect/events";
import type { FileEntry, FileStatus } from "../../../../functions/s3-to-dynamodb/ledger/ledger";

const NOW = new Date("2026-02-01T00:00:00Z");

function object(key: string, versionId?: string): ListedObject {
  return { key, versionId, etag: `e-${key}`, size: 1, time: new Date("2026-01-01T00:00:00Z") };
}

function entry(of: ListedObject, status: FileStatus, startedAt = "2026-01-01T00:00:00Z"): FileEntry {
  return { uploadId: uploadIdOf("s", "b", of), status, startedAt, sequencer: "0A" } as FileEntry;
}

async function run(objects: ListedObject[], entries: FileEntry[], force = false, failOn = "") {
  const sent: string[] = [];
  const reset: string[] = [];
  const printed: string[] = [];
  const summary = await replay(
    { source: "s", bucket: "b", force, dryRun: false },
    {
      objects: async function* () {
        yield* objects;
      },
      ledger: {
        listFiles: async function* () {
          yield* entries;
        },
        resetFile: async (_source, uploadId) => {
          reset.push(uploadId);
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
  return { summary, reset, printed, objects: sent.flatMap((body) => parseCollectMessage(body).objects) };
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
    assert.deepEqual(reset, [uploadIdOf("s", "b", loaded)]);
    assert.equal(objects[0]?.sequencer, "0A");
  });

  it("I10: two versions of one second keep their order", async () => {
    const { objects } = await run([object("1", "v1"), object("1", "v2")], [entry(object("1", "v1"), "loaded")]);
    assert.deepEqual(
      objects.map(({ versionId, sequencer }) => [versionId, sequencer]),
      [["v2", "B"]],
    );
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
