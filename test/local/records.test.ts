import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { zipOf } from "../../local/samples/zip";
import { bucketOf, deliver, quarantineOf, settled, uploadOf } from "./data";
import { assertArrived, assertRefused } from "./expectations";
import { eventFor, eventTime, tellCollect } from "./faults";
import { limits } from "./stackUnderTest";

describe("Bad records and bad files", () => {
  it("I7: quotes, line breaks in fields, a byte order mark and CRLF are read as they are meant", async () => {
    const body = '\ufeffid,text\r\n1,"two\r\nlines, one ""quoted"""\r\n2,plain\r\n';
    assertArrived(await deliver("inbox", "csv/quotes.csv", body), [
      { id: "1", text: 'two\r\nlines, one "quoted"' },
      { id: "2", text: "plain" },
    ]);
  });

  it("I7: ragged rows and bytes that aren't UTF-8 cost their record only, with its line", async () => {
    const text = "id,name\n1,a\n2\n3,c,more\n4,\xff\n5,e\n";
    const sent = await deliver("inbox", "csv/ragged.csv", Buffer.from(text, "latin1"));
    assertArrived(
      sent,
      [
        { id: "1", name: "a" },
        { id: "5", name: "e" },
      ],
      [
        [2, /1 field, the header has 2/],
        [3, /3 fields, the header has 2/],
        [4, /UTF-8/],
      ],
    );
    assert.deepEqual(
      sent.quarantined.map(({ line, raw }) => [line, raw?.slice(0, 2)]),
      [
        [3, "2"],
        [4, "3,"],
        [5, "4,"],
      ],
    );
  });

  it("I7: duplicate and empty headers get names; no field is lost", async () => {
    assertArrived(await deliver("inbox", "csv/headers.csv", "id,name,,name\n1,a,b,c\n"), [
      { id: "1", name: "a", column_3: "b", name_2: "c" },
    ]);
  });

  it("I7: numbers past 2^53 keep every digit; those that DynamoDB can't hold are quarantined", async () => {
    const exact = "9007199254740993";
    const digits = "1234567890123456789012345678901234.5678";
    const lines = [`{"n":${exact}}`, `{"n":${digits}}`, `{"n":${"9".repeat(39)}}`, '{"n":1e200}', '{"n":1'];
    assertArrived(
      await deliver("inbox", "numbers.ndjson", `${lines.join("\n")}\n`),
      [{ n: `#${exact}` }, { n: `#${digits}` }],
      [
        [3, /digits/],
        [4, /1e200/i],
        [5, /not valid JSON/],
      ],
    );
  });

  it("I7 I8: an item over 400 KB is quarantined, its neighbours arrive", async () => {
    const large = JSON.stringify({ id: 2, text: "x".repeat(410_000) });
    const sent = await deliver("inbox", "large.ndjson", `{"id":1}\n${large}\n{"id":3}\n`);
    assertArrived(sent, [{ id: "#1" }, { id: "#3" }], [[2, /400 KB/]]);
    assert.ok((sent.quarantined[0]?.raw?.length ?? 0) <= 4096);
  });

  it("I7: a key field that is missing or too long, and fields with the pipeline's names, are quarantined", async () => {
    const body = `id,amount\n,1\n${"k".repeat(1100)},2\nright,3\n`;
    assertArrived(
      await deliver("keyed", "keyed/keys.csv", body),
      [{ id: "right", amount: "#3" }],
      [
        [1, /key field "id" is empty/],
        [2, /1100 bytes/],
      ],
    );
    assertArrived(
      await deliver("inbox", "reserved.ndjson", '{"_record":1}\n{"pk":"x"}\n{"id":"1"}\n'),
      [{ id: "1" }],
      [
        [1, /_record/],
        [2, /"pk"/],
      ],
    );
  });

  it("I7: an empty file, a header alone and an empty array are files without records", async () => {
    const files = { "empty/a.csv": "", "empty/b.csv": "id,name\n", "empty/c.json": "[]" };
    for (const arrived of await Promise.all(Object.entries(files).map(([key, body]) => deliver("inbox", key, body)))) {
      assertArrived(arrived, []);
    }
  });

  it("I7: a gzip file that is cut off is refused whole, also what was read before the cut", async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `{"id":${i},"text":"${(i * 7919).toString(36)}"}\n`).join(
      "",
    );
    const packed = gzipSync(lines);
    const sent = await deliver("inbox", "bad/cut.ndjson.gz", packed.subarray(0, packed.length - 2000));
    assertRefused(sent, /gzip data is damaged or cut off/);
  });

  it("I7: bombs are refused with the limit that they cross", async () => {
    // One record, longer than any is taken: nothing lands before the limit is crossed.
    const bomb = Buffer.from(`id\n${"a".repeat(11 * 1024 ** 2)}`);
    const plain = Buffer.from(`id\n${"a".repeat(limits.maxUnpackedBytes)}`);
    const members = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}.csv`, Buffer.from("id\n1\n")]));
    const [gzip, zip, long, many, nested, binary] = await Promise.all([
      deliver("inbox", "bad/bomb.csv.gz", gzipSync(bomb)),
      zipOf({ "bomb.csv": bomb }).then((body) => deliver("inbox", "bad/bomb.zip", body)),
      deliver("inbox", "bad/long.csv.gz", gzipSync(plain, { level: 0 })),
      zipOf(members).then((body) => deliver("inbox", "bad/many.zip", body)),
      deliver("inbox", "bad/nested.gz", gzipSync(gzipSync("id\n1\n"))),
      deliver("inbox", "bad/binary.csv", Buffer.from([0x50, 0x41, 0x52, 0x31, 0, 1, 2])),
    ]);
    assertRefused(gzip, /limits\.maxUnpackRatio/);
    assertRefused(zip, /limits\.maxUnpackRatio/);
    assertRefused(long, /limits\.maxUnpackedBytes/);
    assertRefused(many, /6 members, 5 are allowed/);
    assertRefused(nested, /gzip data again/);
    assertRefused(binary, /Parquet/);
  });

  it("I7: an object that is gone before it is read is told with the event's own identity", async () => {
    const [bucket, key, etag] = [bucketOf("inbox"), "gone away.csv", "0123456789abcdef0123456789abcdef"];
    await tellCollect(eventFor(bucket, key, etag));
    const upload = uploadOf("inbox", bucket, key, etag, eventTime);
    const { status, reason } = await settled(upload);
    assert.deepEqual([status, /deleted before it could be read/.test(reason ?? "")], ["quarantined", true]);
    assert.deepEqual(
      (await quarantineOf(upload)).map(({ record, reason: told }) => [record, told]),
      [[0, reason]],
    );
  });
});
