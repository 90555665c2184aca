import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { collect, flipEveryBit } from "./run";

describe("collect: formats", () => {
  const people = [
    { name: "Ada", city: "London, UK" },
    { name: 'B "the" C', city: "two\nlines" },
  ];
  for (const [label, name, delimiter] of [
    ["CSV", "a.csv", ","],
    ["TSV", "a.tsv", "\t"],
    ["pipe-delimited text", "a.txt", "|"],
    ["semicolons", "a.csv", ";"],
  ] as const) {
    it(`I2: ${label} with quotes, delimiters and line breaks in fields`, async () => {
      const text = `name${delimiter}city\r\nAda${delimiter}"London, UK"\r\n"B ""the"" C"${delimiter}"two\nlines"\r\n`;
      const cloud = await collect(name, text);
      assert.deepEqual(cloud.records(), people);
      assert.equal(cloud.file.status, "landed");
      assert.deepEqual([cloud.file.read, cloud.file.landed, cloud.file.collectQuarantined], [2, 2, 0]);
    });
  }

  it("I2: NDJSON, a JSON array and a single object, told apart by content", async () => {
    assert.deepEqual((await collect("a.json", '{"a":1}\n\n{"a":2}')).records(), [{ a: 1 }, { a: 2 }]);
    assert.deepEqual((await collect("a.json", ' [\n {"a": [1, {"b": "]},"}]},\n {}\n]\n')).records(), [
      { a: [1, { b: "]}," }] },
      {},
    ]);
    const single = await collect("a", '{\n  "a": "x\\"y\\\\",\n  "b": [\n 1 ]\n}\n');
    assert.deepEqual(single.records(), [{ a: 'x"y\\', b: [1] }]);
    assert.equal(single.rawLines().length, 1);
    assert.equal(single.file.format, "json");
  });

  it("I2: numbers stay as they were written, also past 2^53", async () => {
    for (const text of [
      '{"n":12345678901234567890,"m":1.10}\n{"n":1e400}',
      '[{"n":12345678901234567890,"m":1.10},{"n":1e400}]',
    ]) {
      const lines = (await collect("a.json", text)).rawLines();
      assert.match(lines[0] as string, /,"n":12345678901234567890,"m":1\.10\}$/);
      assert.match(lines[1] as string, /"n":1e400\}$/);
    }
  });

  it("I4: each line begins with the upload record it came from", async () => {
    const [first, second] = (await collect("x/a b+ü.csv", "a\n1\n2\n")).lines();
    assert.deepEqual(Object.keys(first as object).slice(0, 7), [
      "_source",
      "_bucket",
      "_key",
      "_version",
      "_time",
      "_upload",
      "_record",
    ]);
    assert.equal(first?._key, "x/a b+ü.csv");
    assert.deepEqual([first?._record, second?._record], [1, 2]);
    assert.equal(first?._time, "2026-01-02T03:04:05.000Z");
  });

  it("I2: gzip of several members is one file; one cut off is refused whole", async () => {
    const whole = Buffer.concat([gzipSync('{"a":1}\n{"a"'), gzipSync(":2}\n")]);
    const cloud = await collect("a.ndjson.gz", whole);
    assert.deepEqual(cloud.records(), [{ a: 1 }, { a: 2 }]);
    assert.deepEqual([cloud.file.compression, cloud.file.format], ["gzip", "ndjson"]);
    const cut = await collect("a.ndjson.gz", whole.subarray(0, whole.length - 3));
    assert.equal(cut.file.status, "quarantined");
    assert.match(cut.file.reason ?? "", /damaged or cut off/);
    assert.deepEqual([cut.keys("landing/"), cut.sent], [[], []]);
    assert.equal(cut.quarantined()[0]?.record, 0);
  });

  it("I13: zeros after gzip are padding; anything after them, or bytes that aren't gzip, refuse the file", async () => {
    const member = gzipSync("a\n1\n2\n");
    const zeros = Buffer.alloc(1000);
    for (const chunk of [1, member.length, 64 * 1024]) {
      const gather = (...parts: Buffer[]) => collect("a.csv.gz", Buffer.concat(parts), {}, {}, undefined, chunk);
      assert.deepEqual((await gather(member, zeros)).records(), [{ a: "1" }, { a: "2" }]);
      for (const [damaged, reason] of [
        [await gather(member, zeros, gzipSync("3\n")), /after zero bytes there is more, up to byte/],
        [await gather(member, zeros, Buffer.from("x")), /after zero bytes there is more/],
        [await gather(member, Buffer.from("x"), zeros), /incorrect header check/],
        [await gather(member, gzipSync("3\n").subarray(0, 12)), /unexpected end of file/],
      ] as const) {
        assert.match(damaged.file.reason ?? "", reason);
        assert.deepEqual([damaged.file.status, damaged.keys("landing/")], ["quarantined", []]);
      }
    }
  });

  it("I13: whatever bit of a gzip is flipped, its records are those of the file, or nothing is loaded", async () => {
    const good = gzipSync("a,b\n1,x\n2,yy\n1,x\n2,yy\n3,z\n");
    const { records, refused } = await flipEveryBit("a.csv.gz", good);
    assert.equal(records, 5);
    assert.ok(refused > good.length * 4, `${refused} refused`);
  });

  it("I2: byte order marks, UTF-16 both ways, latin1 as declared", async () => {
    const text = "näme,b\nÜ€😀,1\n";
    const expected = [{ näme: "Ü€😀", b: "1" }];
    const little = Buffer.from(`\ufeff${text}`, "utf16le");
    assert.deepEqual((await collect("a.csv", `\ufeff${text}`)).records(), expected);
    for (const chunk of [1, 3, 4096]) {
      assert.deepEqual((await collect("a.csv", little, {}, {}, undefined, chunk)).records(), expected);
      const big = Buffer.from(little).swap16();
      assert.deepEqual((await collect("a.csv", big, {}, {}, undefined, chunk)).records(), expected);
    }
    const latin = Buffer.from("n,b\nÜ,1\n", "latin1");
    assert.deepEqual((await collect("a.csv", latin, { encoding: "latin1" })).records(), [{ n: "Ü", b: "1" }]);
  });

  it("I2: an empty file, a header alone and an empty array are files without records", async () => {
    for (const [name, text] of [
      ["a.csv", ""],
      ["a.csv", "a,b\n"],
      ["a.json", " [ ] "],
      ["a", ""],
      ["a.ndjson", "\n\n"],
    ] as const) {
      const cloud = await collect(name, text);
      assert.deepEqual(
        [cloud.file.status, cloud.file.read, cloud.landing.size, cloud.sent.length],
        ["loaded", 0, 0, 0],
      );
    }
  });

  it("I2: columns without a name, or with another's, get one of their own", async () => {
    assert.deepEqual((await collect("a.csv", "a,a,,a_2\n1,2,3,4\n")).records(), [
      { a: "1", a_3: "2", column_3: "3", a_2: "4" },
    ]);
  });

  it("I2: what isn't text or another format is refused whole, with what to do", async () => {
    for (const [bytes, reason] of [
      [Buffer.from("a\0b"), /NUL/],
      [Buffer.from("<html></html>"), /XML or HTML/],
      [Buffer.from("PAR1...."), /Parquet/],
      [gzipSync(gzipSync("a,b\n1,2\n")), /archives within archives/],
      [Buffer.from('[{"a":1},{"a":'), /isn't closed/],
      [Buffer.from('[{"a":1}] x'), /after the end/],
    ] as const) {
      const cloud = await collect("a", bytes);
      assert.equal(cloud.file.status, "quarantined", String(reason));
      assert.match(cloud.file.reason ?? "", reason);
      assert.deepEqual([cloud.file.read, cloud.file.landed], [0, 0]);
    }
  });
});
