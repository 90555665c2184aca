import assert from "node:assert/strict";
import { arrival, deliver, entriesOf, itemsOf, put, settled, type Upload, until } from "./data";
import { assertArrived } from "./expectations";
import { eventsOf, killWorkers, tellCollect, withFault, withQuickRetry } from "./faults";

/** The values of a source's items by their keys. */
async function valuesOf(source: "versions" | "current"): Promise<Record<string, string | undefined>> {
  return Object.fromEntries((await itemsOf(source)).map(({ sk, value }) => [sk?.S, value?.S]));
}

describe("The same object again", () => {
  it("I6: the same event many times, one after the other and at once, ends in the same table", async () => {
    const rows = [{ id: "1" }, { id: "2" }];
    let upload: Upload | undefined;
    const [event = ""] = await eventsOf(1, async () => {
      upload = await put("inbox", "again/many.csv", "id\n1\n2\n");
    });
    assert.ok(upload);
    await Promise.all(Array.from({ length: 5 }, () => tellCollect(event)));
    assertArrived(await arrival(upload), rows);
    const before = await arrival(upload);
    await Promise.all([tellCollect(event), tellCollect(event)]);
    // What comes after them in the queue has been dealt with, so have they.
    await deliver("inbox", "again/after.csv", "id\n1\n");
    assert.deepEqual(await arrival(upload), before);
  });

  it("I6: an older version that is delivered after the newer one overwrites nothing", async () => {
    const key = "versions/a.csv";
    const uploads: Upload[] = [];
    const events = await eventsOf(2, async () => {
      uploads.push(await put("versions", key, "id,value\n1,old\n2,old\n"));
      // S3's times have whole seconds; the sequencer orders within one.
      uploads.push(await put("versions", key, "id,value\n2,new\n3,new\n"));
    });
    const newestFirst = uploads
      .toReversed()
      .map((upload) => ({ upload, event: events.find((each) => each.includes(upload.version)) ?? "" }));
    for (const { upload, event } of newestFirst) {
      await tellCollect(event);
      assert.equal((await settled(upload)).status, "loaded");
    }
    assert.deepEqual(await valuesOf("versions"), { 1: "old", 2: "new", 3: "new" });
    const [older, newer] = uploads as [Upload, Upload];
    for (const upload of [older, newer]) {
      const { read, loaded, loadQuarantined } = await settled(upload);
      assert.deepEqual({ read, loaded, loadQuarantined }, { read: 2, loaded: 2, loadQuarantined: 0 });
    }
  });

  it("I7, I16: without versions, what was overwritten before it was read is told, and what is there is loaded once", async () => {
    const uploads: Upload[] = [];
    const events = await eventsOf(2, async () => {
      uploads.push(await put("current", "current/over.csv", "id,value\n10,old\n"));
      uploads.push(await put("current", "current/over.csv", "id,value\n10,new\n11,new\n"));
    });
    for (const event of events) await tellCollect(event);
    const [old, current] = uploads as [Upload, Upload];
    assertArrived(await arrival(current), [
      { id: "10", value: "new" },
      { id: "11", value: "new" },
    ]);
    await until("the overwritten one is told", async () => {
      const entries = (await entriesOf("current")).filter(({ etag }) => etag === old.etag);
      const [entry] = entries;
      if (entries.length !== 1 || entry?.status !== "quarantined") return JSON.stringify(entries);
      assert.match(entry.reason ?? "", /overwritten before it could be read/);
      return true;
    });
  });

  it("I16: the same bytes written again after others, without versions, are loaded again: A, B, A ends as A", async () => {
    const [a, b] = ["id,value\n20,a\n", "id,value\n20,b\n"];
    const first = await deliver("current", "current/back.csv", a);
    await deliver("current", "current/back.csv", b);
    assert.equal((await valuesOf("current"))[20], "b");
    let last = first.upload;
    // S3 tells whole seconds.
    while (last.uploadId === first.upload.uploadId) last = await put("current", "current/back.csv", a);
    assertArrived(await arrival(last), [{ id: "20", value: "a" }]);
    assert.equal((await valuesOf("current"))[20], "a");
  });

  it("I6: a load that is killed in the middle and comes again leaves no doubles and right counts", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => ({ id: `half${i}`, value: `v${i}` }));
    const csv = `id,value\n${rows.map(({ id, value }) => `${id},${value}\n`).join("")}`;
    await withQuickRetry("load", async () => {
      const upload = await withFault(
        // The last batches of the part stay on the way until the process is gone.
        {
          service: "dynamodb",
          operation: "BatchWriteItem",
          mode: "delay",
          contains: '"half299"',
          milliseconds: 4000,
          count: 1,
        },
        async ({ hits }) => {
          const sent = await put("versions", "versions/half.csv", csv);
          await until("the last batch is on its way", async () => ((await hits()) > 0 ? true : "no"));
          assert.ok((await killWorkers("load")) > 0);
          return sent;
        },
      );
      assertArrived(await arrival(upload), rows);
      const keys = (await itemsOf("versions")).map(({ sk }) => sk?.S).filter((key) => key?.startsWith("half"));
      assert.equal(keys.length, rows.length);
    });
  });
});
