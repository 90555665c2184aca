import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { ZipFile } from "yazl";
import { AFTER_EACH_PART } from "./fakes";
import { collect, flipEveryBit } from "./run";

async function zip(members: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const file = new ZipFile();
  for (const [name, content] of Object.entries(members)) {
    if (name.endsWith("/")) file.addEmptyDirectory(name);
    else
      file.addBuffer(Buffer.from(content as string), name, { mtime: new Date(0), compress: !name.includes("stored") });
  }
  file.end();
  return buffer(file.outputStream);
}

describe("collect: zip", () => {
  it("I2, I14: members of different formats, folders and what macOS adds passed over, records counted through", async () => {
    const bytes = await zip({
      "day/": "",
      "day/a.csv": "a;b\n1;2\n",
      "__MACOSX/day/._a.csv": "\0\0",
      "stored.json": '[{"a":2},{"a":3}]',
      "empty.csv": "",
      "c.ndjson": '{"a":4}\n{bad\n',
    });
    const cloud = await collect("x.zip", bytes);
    assert.deepEqual(cloud.records(), [{ a: "1", b: "2" }, { a: 2 }, { a: 3 }, { a: 4 }]);
    assert.deepEqual(
      cloud.lines().map(({ _record }) => _record),
      [1, 2, 3, 4],
    );
    assert.match(cloud.quarantined()[0]?.reason ?? "", /\(member c\.ndjson\)$/);
    assert.deepEqual([cloud.quarantined()[0]?.record, cloud.quarantined()[0]?.line], [5, 2]);
    const { compression, format, delimiter, members, status } = cloud.file;
    assert.deepEqual(
      { compression, format, delimiter, members, status },
      {
        compression: "zip",
        format: "csv,json,ndjson",
        delimiter: "semicolon,comma",
        members: 4,
        status: "landed",
      },
    );
  });

  it("I2: the directory of a zip with many members is read in blocks, not by one request an entry", async () => {
    const names = Array.from({ length: 90 }, (_, index) => [`${index}.csv`, `a\n${index}\n`]);
    const cloud = await collect("x.zip", await zip(Object.fromEntries(names)));
    assert.equal(cloud.file.read, 90);
    // The first look at the object, the directory, and at most two a member (its local header and its data).
    assert.ok(cloud.reads.length <= 3 + 2 * 90, `${cloud.reads.length} reads`);
  });

  it("I9: a zip goes on in the member, at the record, where it stopped", async () => {
    const bytes = await zip({
      "a.csv": `a,b\n${"1,x\n".repeat(20)}`,
      "b.json": JSON.stringify(Array.from({ length: 20 }, (_, a) => ({ a }))),
    });
    const limits = { partBytes: 900 };
    const once = await collect("x.zip", bytes, {}, limits);
    const resumed = await collect("x.zip", bytes, {}, limits, AFTER_EACH_PART);
    assert.ok(resumed.continuations.length > 3);
    assert.deepEqual(resumed.landing, once.landing);
    assert.equal(resumed.file.read, 40);
    assert.equal(resumed.file.members, 2);
  });

  it("I7: an encrypted member, too many members, an archive within, a cut or damaged archive: refused whole", async () => {
    const good = await zip({ "a.csv": `a\n${"hello\n".repeat(1000)}` });
    const encrypted = Buffer.from(good);
    const directory = encrypted.lastIndexOf("PK\x01\x02", undefined, "latin1");
    encrypted.writeUInt16LE(encrypted.readUInt16LE(directory + 8) | 1, directory + 8);
    const damaged = Buffer.from(good);
    damaged.fill(0xff, 45, 60);
    for (const [bytes, reason, limits] of [
      [encrypted, /encrypted/, {}],
      [await zip({ "a.csv": "a\n", "b.csv": "a\n" }), /maxMembers/, { maxMembers: 1 }],
      [await zip({ "a.csv.gz": gzipSync("a\n1\n") }), /archives within archives/, {}],
      [await zip({ "a.zip": good }), /archives within archives/, {}],
      [good.subarray(0, good.length - 5), /can't be read/, {}],
      [damaged, /Member a\.csv: /, {}],
    ] as const) {
      const cloud = await collect("x.zip", bytes, {}, limits);
      assert.equal(cloud.file.status, "quarantined", String(reason));
      assert.match(cloud.file.reason ?? "", reason);
      assert.deepEqual(cloud.keys("landing/"), []);
    }
  });

  it("I13: whatever bit of a zip is flipped, its records are those of the file, or nothing is loaded", async () => {
    const good = await zip({ "a.csv": `a,b\n${"1,x\n2,yy\n".repeat(3)}`, "stored.csv": "a,b\n3,z\n" });
    const { records, refused } = await flipEveryBit("x.zip", good);
    assert.equal(records, 7);
    assert.ok(refused > good.length * 3, `${refused} refused`);
  });

  it("I13: a member whose checksum is wrong is named, and parts that had landed before are removed", async () => {
    const text = `a,b\n${Array.from({ length: 400 }, (_, index) => `${index},x\n`).join("")}`;
    const bytes = await zip({ "a.csv": text, "stored.csv": text });
    bytes.write("7,y", bytes.lastIndexOf("\n7,x\n", undefined, "latin1") + 1);
    const cloud = await collect("x.zip", bytes, {}, { partBytes: 1000 }, AFTER_EACH_PART);
    assert.ok(cloud.continuations.length > 3);
    assert.match(cloud.file.reason ?? "", /^Member stored\.csv: The zip can't be read \(its checksum is [0-9a-f]{8}/);
    assert.deepEqual([cloud.keys("landing/"), cloud.sent, cloud.file.landed], [[], [], 0]);
  });

  it("I2: compression that isn't as declared is refused, with the fix", async () => {
    for (const compression of ["gzip", "zip"] as const) {
      assert.match((await collect("a.csv", "a\n1\n", { compression })).file.reason ?? "", /Declare auto/);
    }
    assert.match((await collect("a.csv", gzipSync("a\n1\n"), { compression: "zip" })).file.reason ?? "", /is gzip/);
  });
});
