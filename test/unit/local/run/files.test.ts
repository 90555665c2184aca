import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Findings } from "../../../../local/run/findings";
import { fileReport, problemsOf } from "../../../../local/run/ingestion";
import { formatReport } from "../../../../local/run/print";
import { assembleReport, type FileReport } from "../../../../local/run/report";

const config = { sources: [{ name: "inbox" }, { name: "keyed", keyFields: ["id"] }] };
const loaded = { status: "loaded" as const, read: 5, loaded: 5 };
const sent = { source: "inbox", file: "x.csv", seconds: 1.25, read: undefined, quarantined: [] };

function shown(files: readonly FileReport[]) {
  const outcome = { files, tables: [], lines: [], problems: files.flatMap((file) => problemsOf(file, 300)) };
  const report = assembleReport([outcome], [], {}, true);
  return { report, text: formatReport(report, []) };
}

describe("The files of a local run", () => {
  it("S13: a file that was refused whole is called refused, with its reason, and is no success", () => {
    const reason = "not valid UTF-8 from line 2 on";
    const entry = { status: "quarantined" as const, read: 0, loaded: 0, reason };
    const { report, text } = shown([
      fileReport({ ...sent, entry, items: 0, quarantined: [{ record: 0, reason, stage: "collect" }] }, config),
    ]);
    assert.match(text, /inbox +x\.csv +0 +0 +refused +1\.3/);
    assert.match(text, /inbox, x\.csv: refused whole: not valid UTF-8/);
    assert.deepEqual(report.problems, [`inbox, x.csv: refused whole: ${reason}`]);
    assert.equal(report.passed, false);
  });

  it("I14: what a file was read as is told on the terminal and in the report, as the ledger has it", () => {
    const detected = { format: "csv", delimiter: "semicolon", encoding: "windows-1252", compression: "gzip" };
    const { report, text } = shown([fileReport({ ...sent, entry: { ...loaded, ...detected }, items: 5 }, config)]);
    assert.match(text, /read as .*\n.*\n.*x\.csv +csv, semicolon, windows-1252, gzip +5 +5 +0 /);
    assert.deepEqual(report.files[0]?.detected, detected);
    const plain = fileReport(
      { ...sent, entry: { ...loaded, format: "ndjson", compression: "none" }, items: 5 },
      config,
    );
    assert.match(shown([plain]).text, /x\.csv +ndjson +5 +5/);
  });

  it("S13: a file of which nothing was loaded is no success", () => {
    const quarantined = [1, 2].map((record) => ({
      record,
      reason: `price "${record}x" isn't a number`,
      stage: "load" as const,
    }));
    const file = fileReport(
      { ...sent, entry: { status: "loaded", read: 2, loaded: 0 }, items: 0, quarantined },
      config,
    );
    assert.deepEqual(shown([file]).report.problems, [
      `inbox, x.csv: nothing of it was loaded; for example price "1x" isn't a number`,
    ]);
    const empty = fileReport({ ...sent, entry: { status: "loaded", read: 0, loaded: 0 }, items: 0 }, config);
    assert.deepEqual(shown([empty]).report.problems, ["inbox, x.csv: nothing of it was loaded; it has no records"]);
  });

  it("S13: the first reasons are on the terminal, then how many more there are", () => {
    const quarantined = Array.from({ length: 1_203 }, (_, i) => ({
      record: i + 1,
      reason: `field ${"long ".repeat(80)}`,
      stage: "load" as const,
    }));
    const entry = { status: "loaded" as const, read: 1_204, loaded: 1 };
    const { report, text } = shown([fileReport({ ...sent, entry, items: 1, quarantined }, config)]);
    const lines = text.split("\n").filter((line) => line.startsWith("  inbox, x.csv"));
    assert.equal(lines.length, 4);
    assert.match(lines[0] ?? "", /^ {2}inbox, x\.csv, record 1: field long .*…$/);
    assert.ok(lines.every((line) => line.length <= 200));
    assert.equal(lines[3], "  inbox, x.csv: and 1,200 more; --report FILE has them all");
    assert.deepEqual(report.problems, []);
  });

  it("S13: a record that a later one of the same key replaces is neither lost nor quarantined", () => {
    const file = fileReport({ ...sent, source: "keyed", entry: loaded, items: 3 }, config);
    assert.equal(file.replaced, 2);
    assert.deepEqual(shown([file]).report.problems, []);
    const lost = fileReport({ ...sent, entry: loaded, items: 3 }, config);
    assert.deepEqual(shown([lost]).report.problems, [
      "S3ToDynamoDb, inbox, x.csv: read 5, but 3 loaded and 0 quarantined",
    ]);
  });

  it("S13: a file that isn't through in time has no seconds, and says so", () => {
    const { report, text } = shown([fileReport({ ...sent, seconds: null, entry: undefined, items: 0 }, config)]);
    assert.match(text, /inbox +x\.csv +0 +0 +0 +–/);
    assert.doesNotMatch(text, /NaN/);
    assert.deepEqual(report.problems, ["inbox, x.csv: isn't through within 300 s"]);
  });

  it("S13, S12: the report and the page are written when the run fails, however early", async () => {
    const folder = await mkdtemp(join(tmpdir(), "report-test-"));
    const file = join(folder, "report.json");
    const page = join(folder, "run.html");
    const said: string[] = [];
    const { log, error } = console;
    Object.assign(console, { log: (line: string) => said.push(line), error: (line: string) => said.push(line) });
    try {
      const findings = new Findings({ files: [], report: file, page });
      findings.failures.push("pulumi up failed: no such bucket");
      assert.equal(await findings.tell(), false);
      findings.failures.push("stopping failed");
      assert.equal(await findings.tell(), false);
    } finally {
      Object.assign(console, { log, error });
    }
    assert.deepEqual(said, [
      "✘ pulumi up failed: no such bucket",
      `Report: ${file}`,
      `Page: ${page}`,
      "✘ stopping failed",
    ]);
    const report = JSON.parse(await readFile(file, "utf8"));
    assert.deepEqual(report.problems, ["pulumi up failed: no such bucket", "stopping failed"]);
    assert.equal(report.passed, false);
    assert.match(
      await readFile(page, "utf8"),
      /✘ 2 problems[\s\S]*pulumi up failed: no such bucket[\s\S]*stopping failed/,
    );
    await rm(folder, { recursive: true });
  });
});
