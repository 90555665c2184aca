import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { textOf } from "../../../../cli/delta-preview/cli";
import { parseOptions } from "../../../../cli/delta-preview/options";
import { preview } from "../../../../cli/delta-preview/preview";
import { UsageError } from "../../../../cli/shared/commandLine";

const root = join(__dirname, "../../../..");

describe("delta-preview", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "preview-test-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, body: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, body);
    return path;
  };
  const of = (older: string | undefined, newer: string, ...flags: string[]) => {
    const options = parseOptions(["--new", newer, "--key", "id", ...(older ? ["--old", older] : []), ...flags]);
    assert.ok(options);
    return preview(options, options.table);
  };

  it("D7: inserts, updates and deletes with their values; NULL, empty text and line breaks are told apart", async () => {
    const older = file("a.csv", 'id,name\n1,one\n2,"two\nlines"\n3,\n4,four\n');
    const newer = file("b.csv.gz", gzipSync('name,id\none,1\n"two\nrows",2\n"",3\nfive,5\n'));
    const found = await of(older, newer);
    assert.deepEqual(found.counts, { inserted: 1, updated: 2, deleted: 1, unchanged: 1 });
    assert.deepEqual(found.examples, {
      INSERT: [{ key: { id: "5" }, row: { name: "five" } }],
      UPDATE: [
        { key: { id: "2" }, row: { name: "two\nrows" } },
        { key: { id: "3" }, row: { name: "" } },
      ],
      DELETE: [{ key: { id: "4" }, row: undefined }],
    });
    assert.equal(found.accepted, true);
    assert.match(textOf(found), /1 inserted, 2 updated, 1 deleted \(25\.00 % of the rows before\), 1 unchanged\n/);
  });

  it("D6: without an export before every row is new", async () => {
    const found = await of(undefined, file("first.csv", "id\n1\n2\n"));
    assert.deepEqual(found.counts, { inserted: 2, updated: 0, deleted: 0, unchanged: 0 });
  });

  it("D2, D9: the seed author's own form: no header, semicolons, declared columns with types", async () => {
    const older = file("c.csv", "1;1.50\n2;2\n");
    const newer = file("d.csv", "1;1.5\n2;3\n");
    const flags = ["--delimiter", ";", "--columns", "id,amount:decimal(12,2)"];
    assert.deepEqual((await of(older, newer, ...flags)).counts, { inserted: 0, updated: 1, deleted: 0, unchanged: 1 });
  });

  it("D8: keys in two rows are named with examples, and the import would refuse them", async () => {
    const found = await of(undefined, file("e.csv", "id\n7\n7\n8\n"));
    assert.equal(found.accepted, false);
    assert.equal(found.counts, undefined);
    assert.match(found.problems.join(), /1 keys in more than one row, for example \("7"\) in 2 rows/);
  });

  it("D2: records that can't be read are named by line", async () => {
    const found = await of(undefined, file("f.csv", "id,name\n1,a\n2,b,c\n3,d\n"));
    assert.equal(found.accepted, false);
    assert.match(found.problems.join(), /1 record that can't be read: line 3: 3 fields/);
  });

  it("D2, D9: a damaged file and a folder are unreadable, as a file that isn't there is", async () => {
    const packed = gzipSync(`id,name\n${"1,a\n".repeat(5_000)}`);
    for (const [path, reason] of [
      [file("cut.csv.gz", packed.subarray(0, packed.length - 12)), /cut\.csv\.gz can't be read: .*gzip/],
      [file("flipped.csv.gz", Buffer.from(packed).fill(0, 40, 60)), /flipped\.csv\.gz can't be read/],
      [folder, /can't be read: .*EISDIR/],
    ] as const) {
      const unreadable = (error: Error): boolean => error.name === "UnreadableFile" && reason.test(error.message);
      await assert.rejects(of(undefined, path), unreadable);
    }
  });

  it("D7: the counts are those of a comparison of the two as maps", async () => {
    const rows = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,2}$/),
      fc.option(
        fc.string({ unit: "grapheme", maxLength: 5 }).filter((text) => !/[\0\r\ufeff]/.test(text)),
        { nil: null },
      ),
      { maxKeys: 8, noNullPrototype: true },
    );
    const csv = (table: Record<string, string | null>): string =>
      `id,v\n${Object.entries(table)
        .map(([id, v]) => `${id},${v === null ? "" : `"${v.replaceAll('"', '""')}"`}\n`)
        .join("")}`;
    await fc.assert(
      fc.asyncProperty(rows, rows, async (before, after) => {
        const found = await of(file("before.csv", csv(before)), file("after.csv", csv(after)));
        const [old, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
        assert.deepEqual(found.counts, {
          inserted: [...now.keys()].filter((key) => !old.has(key)).length,
          updated: [...now].filter(([key, value]) => old.has(key) && old.get(key) !== value).length,
          deleted: [...old.keys()].filter((key) => !now.has(key)).length,
          unchanged: [...now].filter(([key, value]) => old.has(key) && old.get(key) === value).length,
        });
      }),
      { numRuns: 30 },
    );
  });

  it("D9: what is wrong with the arguments is told before a file is opened", () => {
    const refused = (args: string[], expected: RegExp): void =>
      assert.throws(
        () => parseOptions(args),
        (error: Error) => error instanceof UsageError && expected.test(error.message),
      );
    refused(["--key", "id"], /--new is missing/);
    refused(["--new", "x"], /--key is missing/);
    refused(["--new", "x", "--key", "id", "--delimiter", "||"], /one character/);
    refused(["--new", "x", "--key", "id", "--columns", "id:uuid"], /decimal\(precision,scale\)/);
    refused(["--new", "x", "--key", "id", "--encoding", "ebcdic"], /latin1/);
    refused(["--new", "x", "--key", "id", "--nw", "y"], /nw/);
    assert.equal(parseOptions(["--help"]), undefined);
  });

  it("D9: a file that isn't there ends with 2, as its user runs it; a refused one with 1; --json is JSON", async () => {
    const run = (...args: string[]) =>
      new Promise<{ code: number; out: string; err: string }>((resolve) => {
        const command = ["--import", "tsx", "cli/index.ts", "delta-preview", "--key", "id", ...args];
        execFile(process.execPath, command, { cwd: root }, (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), out, err }),
        );
      });
    const missing = await run("--new", join(folder, "nowhere.csv"));
    assert.equal(missing.code, 2);
    assert.match(missing.err, /nowhere\.csv can't be read/);
    const keyless = await run("--new", file("g.csv", "nr\n1\n"));
    assert.equal(keyless.code, 1);
    assert.match(keyless.err, /no key column "id"/);
    const found = await run("--json", "--new", file("h.csv", "id\n1\n"));
    assert.equal(found.code, 0);
    assert.equal(JSON.parse(found.out).counts.inserted, 1);
  }).timeout(120_000);
});
