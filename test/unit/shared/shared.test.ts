import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError, findSource, parsePipelineConfig } from "../../../functions/s3-to-dynamodb/shared/config";
import { joinKeyValues, shardOf } from "../../../functions/s3-to-dynamodb/shared/itemKey";
import { uploadOrder } from "../../../functions/s3-to-dynamodb/shared/upload";
import { metricsLine } from "../../../functions/shared/metrics";
import { fullJitter, sleepUnless } from "../../../functions/shared/retry";
import { sourceWith } from "../s3-to-dynamodb/load/fakes";

describe("shared by the functions", () => {
  it("I5: different key values never join to the same key", () => {
    const values = fc.array(fc.stringMatching(/^[a#%235]{0,4}$/), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        assert.equal(joinKeyValues(a) === joinKeyValues(b), a.join("\n") === b.join("\n"));
      }),
    );
    assert.equal(joinKeyValues(["a#b", "5%"]), "a%23b#5%25");
    assert.equal(shardOf("anything", 1), 0);
  });

  it("I16: uploads are ordered by time, then by sequencers filled with zeros at the right as AWS says, then by part", () => {
    const at = (time: string, sequencer: string, part: number) => uploadOrder({ time, sequencer, uploadId: "u" }, part);
    const day = "2026-01-01T00:00:00.000Z";
    const sequencers = ["", "0055AED6DCD90281E5", "0055aed6dcd90281e51", "0055AED6DCD90281E6", "0A", "1", "1F", "2"];
    const ordered = [...sequencers.map((each) => at(day, each, 1)), at(day, "2", 2), at("2026-01-02", "", 1)];
    assert.deepEqual([...ordered].sort(), ordered);
    const hex = fc.stringMatching(/^[0-9A-F]{1,24}$/);
    fc.assert(
      fc.property(hex, hex, (a, b) => {
        const width = Math.max(a.length, b.length);
        const [longA, longB] = [a, b].map((each) => BigInt(`0x${each.padEnd(width, "0")}`)) as [bigint, bigint];
        assert.equal(at(day, a, 1) < at(day, b, 1), longA < longB);
      }),
    );
  });

  it("I1: an object belongs to the source with the longest prefix", () => {
    const sources = [
      sourceWith(),
      sourceWith({ name: "deep", prefix: "a/" }),
      sourceWith({ name: "csv", suffix: ".csv" }),
    ];
    const config = { sources, limits: {} as never };
    assert.deepEqual(
      ["a/1.csv", "b.csv", "b.txt"].map((key) => findSource(config, "source", key)?.name),
      ["deep", "csv", "orders"],
    );
    assert.equal(findSource(config, "other", "a/1"), undefined);
    assert.throws(() => parsePipelineConfig('{"sources":[{}],"limits":{}}'), ConfigError);
  });

  it("I9: a wait between attempts ends when the invocation's time is over", async () => {
    let asked = 0;
    await sleepUnless(3_600_000, () => ++asked > 2);
    assert.equal(asked, 3);
    await sleepUnless(1, () => false);
    await sleepUnless(0, () => assert.fail("nothing to wait for"));
  });

  it("I8: waits are spread from nothing to the bound, which grows up to its cap", () => {
    assert.deepEqual(
      [0, 3, 99].map((attempt) => fullJitter(attempt, 50, 5000, () => 0.5)),
      [25, 200, 2500],
    );
    assert.equal(
      fullJitter(5, 50, 5000, () => 0),
      0,
    );
  });

  it("I11: the counts of a pipeline are one line of the embedded metric format", () => {
    const line = JSON.parse(metricsLine("p", { RecordsLoaded: 3 }, 1));
    assert.deepEqual(
      [line.Pipeline, line.RecordsLoaded, line._aws.CloudWatchMetrics[0].Dimensions],
      ["p", 3, [["Pipeline"]]],
    );
  });
});
