import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { collectMessage } from "../../../../functions/s3-to-dynamodb/collect/collectMessage";
import { AFTER_EACH_PART, config, FakeCloud, s3Event, source } from "./fakes";
import { collect, finish } from "./run";

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

  it("I7: each part's bad rows are an object of their own; none takes another's place", async () => {
    const rows = Array.from({ length: 40 }, (_, n) => (n % 4 === 0 ? `bad ${n}` : `${n},2`));
    const cloud = await collect("a.csv", `a,b\n${rows.join("\n")}\n`, {}, { partBytes: 1_500 });
    assert.ok(cloud.file.parts > 2, `${cloud.file.parts} parts`);
    assert.deepEqual(
      cloud.quarantined().map(({ raw }) => raw),
      rows.filter((row) => row.startsWith("bad")),
    );
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

  it("I7: bad JSON, and JSON that isn't an object, in lines and in arrays", async () => {
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

  it("I15: what lands is bounded too: a long name that every record repeats, a reason for each of many short lines", async () => {
    const limits = { maxLandedBytes: 2_000_000, partBytes: 500_000 };
    for (const text of [`${"n".repeat(100_000)},b\n${"1,2\n".repeat(100)}`, `a,b\n${"x\n".repeat(20_000)}`]) {
      const cloud = await collect("a.csv", text, {}, limits);
      assert.match(
        cloud.file.reason ?? "",
        /more than 2000000 bytes .*limits\.maxLandedBytes.* Fix: shorten the names/,
      );
      assert.deepEqual([cloud.file.status, cloud.keys("landing/"), cloud.sent], ["quarantined", [], []]);
      assert.equal(cloud.quarantined().length, 1);
    }
    const enough = await collect(
      "a.csv",
      `${"n".repeat(100_000)},b\n${"1,2\n".repeat(15)}`,
      {},
      limits,
      AFTER_EACH_PART,
    );
    assert.deepEqual([enough.file.status, enough.file.landed], ["landed", 15]);
  });

  it("I15: a file of more parts than the ledger can hold is refused, with the reason", async () => {
    const cloud = new FakeCloud(config([source()], { partBytes: 10 }));
    cloud.put("a.csv", "a,b\n1,2\n3,4\n5,6\n");
    await collectMessage(s3Event("a.csv"), cloud.ports, AFTER_EACH_PART);
    const parts = Array.from({ length: 9_999 }, () => 1);
    cloud.changeCheckpoint({ parts });
    await finish(cloud, AFTER_EACH_PART);
    assert.match(cloud.file.reason ?? "", /more than 10000 parts.* Fix: raise limits\.partBytes/);
    assert.deepEqual([cloud.keys("landing/"), cloud.sent], [[], []]);
  });

  it("I15: a checkpoint fits an item of the ledger, with the widest header and as many parts as there may be", async () => {
    const header = Array.from({ length: 9_000 }, (_, index) => `column ${index}`).join(",");
    const row = `${",".repeat(8_999)}\n`;
    const cloud = new FakeCloud(config([source()], { partBytes: 10 }));
    cloud.put("a.csv", `${header}\n${row.repeat(3)}`);
    await collectMessage(s3Event("a.csv"), cloud.ports, AFTER_EACH_PART);
    const checkpoint = JSON.parse(cloud.file.checkpoint ?? "");
    assert.equal(checkpoint.header.length, 9_000);
    const parts = Array.from({ length: 10_000 }, () => 1_000_000);
    const longest = JSON.stringify({ ...checkpoint, parts });
    assert.ok(longest.length < 390 * 1024, `${longest.length} bytes`);
  });

  it("I15: a file whose name ends like a member of every object is a file like any other", async () => {
    for (const name of ["a.constructor", "toString", "b.__proto__"]) {
      assert.deepEqual((await collect(name, "a,b\n1,2\n")).records(), [{ a: "1", b: "2" }]);
    }
    const text = "constructor,__proto__,toString\n1,2,3\n";
    const [line] = (await collect("a.csv", text)).rawLines();
    assert.match(line ?? "", /"constructor":"1","__proto__":"2","toString":"3"\}$/);
  });

  it("I21: a key field that the header hasn't refuses the file, with the header's names", async () => {
    const cloud = await collect("a.csv", "ID,name\n1,x\n", { keyFields: ["id"] });
    assert.match(cloud.file.reason ?? "", /The header has no "id", which the key needs; it has "ID", "name"/);
    assert.deepEqual([cloud.file.status, cloud.landing.size], ["quarantined", 1]);
  });
});
