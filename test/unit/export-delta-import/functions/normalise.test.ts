import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { type NormalisePorts, normalise } from "../../../../functions/export-delta-import/normalise/normalise";
import { TableLock } from "../../../../functions/export-delta-import/registry/lock";
import { Registry } from "../../../../functions/export-delta-import/registry/registry";
import type { TableConfig } from "../../../../functions/export-delta-import/shared/config";
import { ObjectGone } from "../../../../functions/s3-to-dynamodb/collect/ports";
import { MemoryStore } from "../memoryStore";
import { table } from "../tables";

const NEVER = { near: () => false };

/** A version whose files are these, taken by an import with the token 1. */
async function begun(config: TableConfig, files: Readonly<Record<string, Buffer | undefined>>, partBytes = 1_000_000) {
  const store = new MemoryStore();
  const time = { now: () => 0, pause: async () => {} };
  const registry = new Registry({ ...time, store });
  const lock = new TableLock({ ...time, store: new MemoryStore(), isRunning: async () => true, leaseMs: 60_000 });
  const key = { tenant: "acme", table: "orders", version: "1", order: "01" };
  for (const file of Object.keys(files)) {
    await registry.file({ ...key, file }, { file, bucket: "exports", key: file, etag: "e", size: 1, sequencer: "" });
  }
  const lease = await lock.acquire("acme#orders", "me");
  const [version] = await registry.versions("acme#orders");
  assert.ok(version && !("heldBy" in lease) && (await registry.take(lease, version, false)));
  const written = new Map<string, Buffer>();
  const ports: NormalisePorts = {
    registry,
    lock,
    config: { prefix: "", versionOrder: "number", manifestName: "", tables: { orders: config } },
    exports: {
      open: async ({ key: name }) => {
        const body = files[name];
        if (body === undefined) throw new ObjectGone("deleted before it could be read");
        async function* read() {
          // In pieces, as from S3.
          for (let at = 0; at < (body as Buffer).length; at += 1_000) yield (body as Buffer).subarray(at, at + 1_000);
        }
        return { etag: "e", time: "", size: body.length, read, close: () => {} };
      },
    },
    work: { put: async (name, body) => void written.set(name, Buffer.from(body)) },
    copy: async ({ key: name }, to) => void written.set(to, files[name] as Buffer),
    limits: { partBytes, maxUnpackedBytes: 1e9, maxUnpackRatio: 1_000 },
    log: { info: () => {}, warn: () => {} },
    count: () => {},
  };
  const event = { tenant: "acme", table: "orders", order: "01", token: 1, execution: "me", group: 0, groups: 1 };
  return { registry, written, run: (deadline = NEVER) => normalise(event, ports, deadline) };
}

async function rowsOf(config: TableConfig, text: string | Buffer): Promise<unknown[]> {
  const { run, written } = await begun(config, { "a.gz": gzipSync(text) });
  assert.deepEqual(await run(), { done: true });
  return parts(written);
}

function parts(written: ReadonlyMap<string, Buffer>): unknown[] {
  return [...written]
    .filter(([key]) => key.startsWith("staged/"))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, body]) => gunzipSync(body).toString().split("\n"))
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

async function refusalOf(config: TableConfig, files: Readonly<Record<string, Buffer | undefined>>): Promise<string> {
  const { run } = await begun(config, files);
  return run().then(
    () => "not refused",
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

describe("export-delta-import: reading exports", () => {
  it("D2: delimiter, quote, header, encoding and NULL are as the table declares them", async () => {
    assert.deepEqual(await rowsOf(table(), 'id,name\n1,"a ""b"",\nc"\n2,\n3,""\n'), [
      { c1: "1", c2: 'a "b",\nc' },
      { c1: "2" },
      { c1: "3", c2: "" },
    ]);
    const own = table({ delimiter: ";", quote: "'", nullText: "\\N", encoding: "latin1" });
    assert.deepEqual(await rowsOf(own, Buffer.from("id;name\n1;'ü;'\n2;\\N\n3;'\\N'\n4;\n", "latin1")), [
      { c1: "1", c2: "ü;" },
      { c1: "2" },
      { c1: "3", c2: "\\N" },
      { c1: "4", c2: "" },
    ]);
    const bare = table({ header: false, delimiter: ";", keyColumns: ["column_1"] });
    assert.deepEqual(await rowsOf(bare, "1;x;y\r\n2;x;z\r\n"), [
      { c1: "1", c2: "x", c3: "y" },
      { c1: "2", c2: "x", c3: "z" },
    ]);
    assert.deepEqual(await rowsOf(table({ quote: "" }), 'id,name\n1,5" pipe\n'), [{ c1: "1", c2: '5" pipe' }]);
  });

  it("D9: values of a declared type are brought into one form", async () => {
    const typed = table({
      columns: [
        { name: "amount", type: "decimal(12,2)" },
        { name: "on", type: "boolean" },
      ],
    });
    assert.deepEqual(await rowsOf(typed, "id,amount,on\n1,1.5,T\n2,,0\n3,+01.50,TRUE\n"), [
      { c1: "1", c2: "1.50", c3: "true" },
      { c1: "2", c3: "false" },
      { c1: "3", c2: "1.50", c3: "true" },
    ]);
  });

  it("D2: any rows come out as they went in, over parts and interruptions of any size", async () => {
    const value = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", "ü", "\\", " ") });
    const rows = fc.uniqueArray(fc.tuple(fc.nat().map(String), value), { selector: ([id]) => id, maxLength: 30 });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 300 }), fc.boolean(), async (given, partBytes, interrupted) => {
        const text = ["id,v", ...given.map((row) => row.map(quoted).join(","))].join("\n");
        const { run, written } = await begun(table(), { "a.gz": gzipSync(text) }, partBytes);
        let runs = 0;
        while (!(await run({ near: () => interrupted })).done) assert.ok(runs++ < 100);
        assert.deepEqual(
          parts(written),
          given.map(([c1, c2]) => ({ c1, c2 })),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("D2: a record that can't be read refuses the export and is listed; where some are let pass, it is left out", async () => {
    const text = "id,n\n1,1\n2,x\n3\n,4\n5,5\n";
    const config = table({ columns: [{ name: "n", type: "integer" }] });
    const { run, written } = await begun(config, { "a.gz": gzipSync(text) });
    await assert.rejects(
      run(),
      /a\.gz has 3 records that can't be read, more than maxBadRecords \(0\): line 3: column n: "x" isn't of type integer; line 4: 1 field, the export has 2 columns; line 5: key column id is NULL/,
    );
    const [quarantine] = [...written].filter(([key]) => key.startsWith("quarantine/"));
    const listed = String(quarantine?.[1])
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      listed.map(({ line, raw }) => [line, raw]),
      [
        [3, "2,x"],
        [4, "3"],
        [5, ",4"],
      ],
    );
    const lenient = await begun({ ...config, maxBadRecords: 3 }, { "a.gz": gzipSync(text) });
    assert.deepEqual(await lenient.run(), { done: true });
    assert.deepEqual(parts(lenient.written), [
      { c1: "1", c2: "1" },
      { c1: "5", c2: "5" },
    ]);
    const [file] = await lenient.registry.files("acme#orders", "01");
    assert.equal(file?.read?.badRecords, 3);
  });

  it("D2: thousands of bad records cost a hundred", async () => {
    const text = `id,n\n${"x\n".repeat(50_000)}`;
    const { run, written } = await begun(table(), { "a.gz": gzipSync(text) });
    await assert.rejects(run(), /has at least 100 records that can't be read/);
    const [quarantine] = [...written.values()];
    assert.equal(String(quarantine).trim().split("\n").length, 100);
  });

  it("D2: a file that is damaged, isn't gzip, is empty, was deleted or overwritten is refused whole", async () => {
    const sound = gzipSync("id,n\n1,2\n");
    assert.match(await refusalOf(table(), { "a.gz": sound.subarray(0, -4) }), /FileRefused: .*damaged or cut off/);
    const flipped = Buffer.from(sound);
    flipped[flipped.length - 6] = (flipped[flipped.length - 6] as number) ^ 1;
    assert.match(await refusalOf(table(), { "a.gz": flipped }), /FileRefused: .*damaged/);
    assert.match(await refusalOf(table(), { "a.gz": Buffer.from("id,n\n1,2\n") }), /FileRefused: .*declared as gzip/);
    assert.match(await refusalOf(table(), { "a.gz": Buffer.alloc(0) }), /ExportRefused: .*is empty/);
    assert.match(await refusalOf(table(), { "a.gz": undefined }), /ExportRefused: .*can't be read: deleted/);
    assert.match(await refusalOf(table(), { "a.gz": gzipSync("n\n1\n") }), /ExportRefused: .*no key column "id"/);
    assert.match(await refusalOf(table(), { "a.gz": gzipSync("id,pk\n1,2\n") }), /ExportRefused: .*called pk/);
  });

  it("D2: a row or a key that no target could hold is told before anything is published", async () => {
    const long = gzipSync(`id,n\n1,${"x".repeat(400_000)}\n`);
    assert.match(await refusalOf(table(), { "a.gz": long }), /line 2: 400019 bytes; a row has at most 358400/);
    const key = gzipSync(`id,n\n${"k".repeat(1_025)},1\n`);
    assert.match(await refusalOf(table(), { "a.gz": key }), /the key has 1025 bytes; a key has at most 1024/);
  });

  it("D13: several files are read in groups, each once; clean files are copied as they are", async () => {
    const files = { "a.gz": gzipSync("id,n\n1,2\n"), "b.gz": gzipSync("id,n\n2,3\n") };
    const { run, written } = await begun(table(), files);
    await run();
    assert.deepEqual(parts(written), [
      { c1: "1", c2: "2" },
      { c1: "2", c2: "3" },
    ]);
    written.clear();
    assert.deepEqual(await run(), { done: true });
    assert.equal(written.size, 0);
    const columns = [{ name: "id", type: "string" }];
    const clean = await begun(table({ cleanFiles: true, columns }), files);
    await clean.run();
    assert.deepEqual([...clean.written.values()], Object.values(files));
  });
});
