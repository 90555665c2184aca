import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { FileRefused } from "../../../../functions/shared/text/cut";
import { openRecords, type TextFile, type TextOptions, type TextRecord } from "../../../../functions/shared/text/text";
import { openPacked } from "../../../../functions/shared/text/unpack";

const RULES = { maxRecordBytes: 1000 };

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Buffer, options: TextOptions = {}, size = 7): Promise<[TextFile, TextRecord[]]> {
  const file = await openRecords(chunksOf(Buffer.from(text as string), size), options, RULES);
  const records: TextRecord[] = [];
  for await (const batch of file.records()) records.push(...batch);
  return [file, records];
}

describe("text: records of a stream", () => {
  it("I2: records with their numbers, lines and columns, the bad ones with their reasons", async () => {
    const [file, records] = await read('a|b\n1|"x\ny"\n2\n\n3|z\n', { name: "x.csv" });
    assert.deepEqual([file.format, file.delimiter, file.encoding, file.columns], ["psv", "pipe", "utf-8", ["a", "b"]]);
    assert.deepEqual(records, [
      { number: 1, line: 2, json: '{"a":"1","b":"x\\ny"}' },
      { number: 2, line: 4, problem: "1 field, the header has 2", raw: "2" },
      { number: 3, line: 6, json: '{"a":"3","b":"z"}' },
    ]);
  });

  it("I2: JSON as it was written, an empty object too", async () => {
    const [file, records] = await read('{"a":1.10}\n{}\n[1]\n', { format: "ndjson" });
    assert.deepEqual([file.format, file.delimiter, file.columns], ["ndjson", undefined, undefined]);
    assert.deepEqual(
      records.map(({ json }) => json),
      ['{"a":1.10}', "{}", undefined],
    );
    assert.match(records[2]?.problem ?? "", /not a JSON object but an array/);
  });

  it("I2: a header alone has columns and no records, an empty text has neither", async () => {
    const [file, records] = await read("id,name");
    assert.deepEqual([file.columns, records], [["id", "name"], []]);
    const [empty, none] = await read("");
    assert.deepEqual([empty.columns, none], [undefined, []]);
  });

  it("I2: reserved names make a bad record only where they are asked for", async () => {
    const text = '{"_key":1}';
    const [, [free]] = await read(text);
    assert.equal(free?.json, text);
    const file = await openRecords(chunksOf(Buffer.from(text), 9), {}, { ...RULES, reserved: ["_key"] });
    for await (const [record] of file.records()) assert.match(record?.problem ?? "", /has a field _key/);
  });

  it("I2: gzip is unpacked first, and a file cut off is refused while it is read", async () => {
    const packed = gzipSync(`a\n${"1\n".repeat(5000)}`);
    const { compression, chunks } = await openPacked(chunksOf(packed, 10), "auto");
    assert.equal(compression, "gzip");
    let count = 0;
    for await (const batch of (await openRecords(chunks, {}, RULES)).records()) count += batch.length;
    assert.equal(count, 5000);
    const cut = (await openPacked(chunksOf(packed.subarray(0, -4), 10), "auto")).chunks;
    await assert.rejects(async () => {
      for await (const _ of (await openRecords(cut, {}, RULES)).records());
    }, FileRefused);
  });
});
