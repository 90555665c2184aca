import assert from "node:assert/strict";
import { runCommand } from "../../local/setup/command";
import { repository } from "../../local/setup/paths";
import { cloud } from "./cloud";
import { arrival, bucketOf, deliver, landingKeys, put, type Upload, uploadOf } from "./data";
import { assertArrived } from "./expectations";
import { eventsOf } from "./faults";
import { buckets, objectFromBefore, type SourceName } from "./stackUnderTest";

/** Runs the command as its user does. */
function replay(source: SourceName, ...more: readonly string[]): Promise<string> {
  const { services, outputs } = cloud();
  const where = ["--bucket", bucketOf(source), "--queue-url", outputs.collectQueueUrl];
  const args = ["--source", source, ...where, "--ledger-table", outputs.ledgerTableName, ...more];
  return runCommand(process.execPath, ["--import", "tsx", "cli/index.ts", "replay", ...args], {
    cwd: repository,
    env: { ...process.env, ...services.environment },
  });
}

describe("The replay command", () => {
  it("I10: objects from before the stack are loaded by one command, which then has nothing left to do", async () => {
    const { key } = objectFromBefore;
    const { ETag, LastModified } = await cloud().s3.headObject({ Bucket: buckets.plain, Key: key });
    const upload = uploadOf("earlier", buckets.plain, key, ETag, LastModified);
    assert.match(await replay("earlier", "--prefix", "earlier/", "--dry-run"), /1 would be sent, 0 left alone/);
    assert.match(await replay("earlier", "--prefix", "earlier/"), /1 sent, 0 left alone, 0 failed/);
    assertArrived(await arrival(upload), [
      { id: "1", name: "old" },
      { id: "2", name: "older" },
    ]);
    assert.match(await replay("earlier", "--prefix", "earlier/"), /0 sent, 1 left alone, 0 failed/);
  });

  it("I10: an event that was lost is made up for; what is there is left alone", async () => {
    const there = await deliver("latin", "latin/replay/there.csv", "id\n1\n");
    const lost: Upload[] = [];
    await eventsOf(1, async () => {
      lost.push(await put("latin", "latin/replay/lost ü+%.csv", Buffer.from("id\nä\n", "latin1")));
    });
    assert.match(await replay("latin", "--prefix", "latin/replay/"), /1 sent, 1 left alone, 0 failed/);
    assertArrived(await arrival(lost[0] as Upload), [{ id: "ä" }]);
    assert.deepEqual(await arrival(there.upload), there);
  });

  it("I10, I20: --force loads anew what is loaded, into the same items, from parts with keys of their own", async () => {
    const first = await deliver("latin", "latin/force/a.csv", "id\n1\n2\n");
    assert.match(await replay("latin", "--prefix", "latin/force/", "--force"), /1 sent, 0 left alone, 0 failed/);
    const again = await arrival(first.upload);
    assertArrived(again, [{ id: "1" }, { id: "2" }]);
    assert.deepEqual(again.items, first.items);
    assert.notEqual(again.entry.startedAt, first.entry.startedAt);
    const folder = `landing/latin/latin/force/a.csv/${first.upload.version}`;
    assert.deepEqual(await landingKeys("landing/latin/latin/force/"), [
      `${folder}/attempt-2/part-00001.ndjson.gz`,
      `${folder}/part-00001.ndjson.gz`,
    ]);
  });
});
