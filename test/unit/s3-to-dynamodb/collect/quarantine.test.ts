import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { collect } from "./run";

describe("collect: bad records and bad files", () => {
  it("I7: a ragged row is quarantined with its number, line and text; the rest lands", async () => {
    const cloud = await collect("a.csv", 'a,b\n1,2\n"x\ny",2\n3\n4,5,6\n7,8\n');
    assert.deepEqual(cloud.records(), [
      { a: "1", b: "2" },
      { a: "x\ny", b: "2" },
      { a: "7", b: "8" },
    ]);
    assert.deepEqual(
      cloud.quarantined().map(({ record, line, reason, raw }) => ({ record, line, reason, raw })),
      [
        { record: 3, line: 5, reason: "1 field, the header has 2", raw: "3" },
        { record: 4, line: 6, reason: "3 fields, the header has 2", raw: "4,5,6" },
      ],
    );
    assert.deepEqual([cloud.file.read, cloud.file.landed, cloud.file.collectQuarantined], [5, 3, 2]);
  });

  it("I7: a quote that nobody closes costs one line, at the end of the file and past the bound", async () => {
    for (const limits of [{}, { maxRecordBytes: 12 }]) {
      const cloud = await collect("a.csv", 'a,b\n1,2\n"3,4\n5,6\n7,8\n9,10\n', {}, limits);
      assert.deepEqual(
        cloud.records().map(({ a }) => a),
        ["1", "5", "7", "9"],
      );
      assert.match(cloud.quarantined()[0]?.reason ?? "", /quote opens/);
      assert.deepEqual([cloud.quarantined()[0]?.line, cloud.file.collectQuarantined], [3, 1]);
    }
  });

  it("I7: text after a closing quote is quarantined, a quote within a plain field is kept", async () => {
    const cloud = await collect("a.csv", 'a,b\n"x"y,2\n5" pipe,3\n');
    assert.deepEqual(cloud.records(), [{ a: '5" pipe', b: "3" }]);
    assert.match(cloud.quarantined()[0]?.reason ?? "", /closing quote/);
  });

  it("I7: bad JSON, and JSON that is no object, in lines and in arrays", async () => {
    for (const text of ['{"a":1}\n{"a":\n[1]\nnull\n{"a":2}\n', '[{"a":1},{"a":},[1],null,{"a":2}]']) {
      const cloud = await collect("a.json", text);
      assert.deepEqual(cloud.records(), [{ a: 1 }, { a: 2 }]);
      assert.deepEqual(
        cloud.quarantined().map(({ record, reason }) => [record, reason.replace(/:.*/s, "")]),
        [
          [2, "not valid JSON"],
          [3, "not a JSON object but an array"],
          [4, "not a JSON object but null"],
        ],
      );
    }
  });

  it("I7: a record that isn't UTF-8, or has a name of ours, is quarantined alone", async () => {
    const bytes = Buffer.concat([
      Buffer.from("a,b\nü,1\n"),
      Buffer.from([0xff, 0x2c, 0x32, 0x0a]),
      Buffer.from("3,4\n"),
    ]);
    const csv = await collect("a.csv", bytes);
    assert.equal(csv.records().length, 2);
    assert.match(csv.quarantined()[0]?.reason ?? "", /UTF-8/);
    const json = await collect("a.ndjson", '{"a":1,"_\\u0073ource":"x"}\n{"_other":1}\n');
    assert.equal(json.lines().length, 1);
    assert.match(json.quarantined()[0]?.reason ?? "", /_source/);
    assert.equal((await collect("a.csv", "_key\n1\n")).file.collectQuarantined, 1);
  });

  it("I7: half a surrogate pair in UTF-16 costs its record only", async () => {
    const bytes = Buffer.from("\ufeffa,b\n1,2\n\ud800,3\n4,5\n", "utf16le");
    const cloud = await collect("a.csv", bytes);
    assert.deepEqual([cloud.file.landed, cloud.file.collectQuarantined], [2, 1]);
  });

  it("I7: a record past the bound is quarantined, whatever the chunks", async () => {
    const long = "x".repeat(5000);
    for (const chunk of [7, 64 * 1024]) {
      for (const [name, text] of [
        ["a.ndjson", `{"a":1}\n{"a":"${long}"}\n{"a":2}\n`],
        ["a.json", `[{"a":1},{"a":"${long}"},{"a":2}]`],
      ] as const) {
        const cloud = await collect(name, text, {}, { maxRecordBytes: 100 }, undefined, chunk);
        assert.deepEqual(cloud.records(), [{ a: 1 }, { a: 2 }]);
        assert.match(cloud.quarantined()[0]?.reason ?? "", /longer than 100 bytes/);
        assert.equal(cloud.quarantined()[0]?.raw?.length, 4096);
      }
    }
  });

  it("I7: a bomb stops at the ratio and at the size, and what had landed is removed", async () => {
    const bomb = gzipSync(`a,b\n${`${"1".repeat(500)},2\n`.repeat(35_000)}`);
    const limits = { partBytes: 4 * 1024 * 1024, maxUnpackRatio: 50 };
    const byRatio = await collect("a.csv.gz", bomb, {}, limits);
    assert.match(byRatio.file.reason ?? "", /maxUnpackRatio/);
    const bySize = await collect(
      "a.csv.gz",
      bomb,
      {},
      { ...limits, maxUnpackRatio: 1e6, maxUnpackedBytes: 12_000_000 },
    );
    assert.match(bySize.file.reason ?? "", /maxUnpackedBytes/);
    for (const cloud of [byRatio, bySize]) {
      assert.deepEqual([cloud.keys("landing/"), cloud.sent], [[], []]);
      assert.deepEqual(cloud.keys("quarantine/").length, 1);
      assert.deepEqual([cloud.file.parts, cloud.file.read, cloud.file.landed], [0, 0, 0]);
    }
  });
});
