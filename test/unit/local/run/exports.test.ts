import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { reckon } from "../../../../local/run/exportReckoning";
import { differences, readExportsFolder } from "../../../../local/run/exports";
import { parseOptions, UsageError } from "../../../../local/run/options";
import { type ExportFile, exportSamples } from "../../../../local/samples/exports";

const version = (text: string): ExportFile[] => [
  { tenant: "acme", table: "t", version: "", name: "t.csv.gz", body: gzipSync(text) },
];

describe("Exports of a local run", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exports-test-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("D15: the reckoning tells NULL from empty text, takes columns in any order, and one value written in two ways as one", async () => {
    const settings = { table: "t", keyColumns: ["id"], columns: [{ name: "n", type: "decimal(6,2)" }] };
    const { differences, rows } = await reckon(settings, [
      version('id,n,s\n1,1.5,\n2,2,"a\nb"\n3,3,c\n'),
      version('s,id,n\n"",1,1.50\n"a\nb",2,2.00\nd,4,4\n'),
    ]);
    assert.deepEqual(differences, [
      { inserted: 3, updated: 0, deleted: 0, unchanged: 0 },
      { inserted: 1, updated: 1, deleted: 1, unchanged: 1 },
    ]);
    assert.deepEqual(
      rows.map(({ id, n, s }) => [id, n, s]),
      [
        ["1", "1.50", ""],
        ["2", "2.00", "a\nb"],
        ["4", "4.00", "d"],
      ],
    );
  });

  it("D15: the samples are three versions of two tables, of which each differs from the one before", async () => {
    const samples = exportSamples();
    assert.equal(samples.length, 6);
    const versions = samples.filter(({ table }) => table === "airports").map((each) => [each]);
    const { differences } = await reckon({ table: "airports", keyColumns: ["iata"] }, versions);
    assert.equal(differences.length, 3);
    for (const { updated, deleted } of differences.slice(1)) assert.ok(updated > 0 && deleted > 0);
  });

  it("D15: a row too few, one too many or one of an older version in the target fails the run, with the row named", () => {
    const expected = {
      rows: [
        { id: "1", v: "a" },
        { id: "2", v: null },
        { id: "3", v: "1.50" },
      ],
    };
    const target = {
      one: { id: { S: "1" }, v: { S: "a" } },
      two: { id: { S: "2" }, v: { NULL: true } },
      three: { id: { S: "3" }, v: { N: "1.5" } },
    };
    const told = (found: Record<string, Record<string, AttributeValue>>): string[] =>
      differences(new Map(Object.entries(found)), expected, { keyColumns: ["id"] }, "acme/t");
    assert.deepEqual(told(target), []);
    const { one, two, three } = target;
    assert.match(told({ one, three }).join(), /acme\/t: .*1 rows missing \(for example 2\), 0 that/);
    assert.match(told({ ...target, four: { id: { S: "4" } } }).join(), /0 rows missing .*, 1 that aren't in it/);
    assert.match(
      told({ two, three, one: { id: one.id, v: { S: "old" } } }).join(),
      /1 rows missing \(for example 1\), 1/,
    );
    assert.equal(told({ one, three, two: { id: two.id, v: { S: "" } } }).length, 1);
  });

  it("D15: a folder of one's own has tables.json and TENANT/TABLE/VERSION/FILE.gz; what is missing is told at once", () => {
    const known = { sources: [], connectors: [] };
    assert.throws(
      () => parseOptions(["--exports", folder], known),
      (error: Error) => error instanceof UsageError && /there is no .*tables\.json/.test(error.message),
    );
    writeFileSync(join(folder, "tables.json"), JSON.stringify([{ table: "orders", keyColumns: ["id"] }]));
    assert.equal(parseOptions(["--exports", folder], known)?.exports, folder);
    assert.throws(() => readExportsFolder(folder), /has no TENANT\/TABLE\/VERSION\/FILE\.gz/);
    mkdirSync(join(folder, "acme/orders/20260101_V0001"), { recursive: true });
    writeFileSync(join(folder, "acme/orders/20260101_V0001/a.csv.gz"), gzipSync("id\n1\n"));
    writeFileSync(join(folder, "acme/orders/notes.gz"), "");
    const { tables, files } = readExportsFolder(folder);
    assert.deepEqual(tables, [{ table: "orders", keyColumns: ["id"] }]);
    assert.deepEqual(
      files.map(({ tenant, table, version: name, name: file }) => [tenant, table, name, file]),
      [["acme", "orders", "20260101_V0001", "a.csv.gz"]],
    );
  });
});
