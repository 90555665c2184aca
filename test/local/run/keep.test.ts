import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { RunReport } from "../../../local/run/report";
import { runCommand } from "../../../local/setup/command";
import { repository } from "../../../local/setup/paths";
import { ensurePythonEnvironment } from "../../../local/setup/pythonEnvironment";

/** The first is loaded; all land. */
const zipcodes = `zip_code,latitude,longitude,city,state,county
00501,40.922326,-72.637078,Holtsville,NY,Suffolk
00544,north,-72.637078,Holtsville,NY,Suffolk
00601,south,-66.749961,Adjuntas,PR,Adjuntas
`;

describe("A local run that stays up", () => {
  let folder: string;
  let run: ChildProcess;
  let said = "";
  let exited: Promise<number | null>;
  let report: RunReport;
  let aws: string;

  before(async function () {
    this.timeout(600_000);
    folder = await mkdtemp(join(tmpdir(), "keep-test-"));
    aws = await ensurePythonEnvironment("aws-cli", () => undefined);
    await writeFile(join(folder, "typed.csv.gz"), gzipSync(zipcodes));
    await writeFile(join(folder, "latin1.csv"), Buffer.from("id,näme\n1,Zoë\n", "latin1"));
    const files = [
      "--file",
      `zipcodes=${join(folder, "typed.csv.gz")}`,
      "--file",
      `inbox=${join(folder, "latin1.csv")}`,
    ];
    const args = ["tools/ensure.mjs", "local/run.ts", "--keep", ...files, "--report", join(folder, "report.json")];
    run = spawn(process.execPath, args, { cwd: repository, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    exited = new Promise((resolve) => run.once("exit", resolve));
    const isUp = new Promise<boolean>((resolve) => {
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("In another terminal, first:")) resolve(true);
      };
      run.stdout?.on("data", hear);
      run.stderr?.on("data", hear);
      void exited.then(() => resolve(false));
    });
    assert.ok(await isUp, said);
    report = JSON.parse(await readFile(join(folder, "report.json"), "utf8")) as RunReport;
  });

  after(async () => {
    if (run?.pid && run.exitCode === null) process.kill(-run.pid, "SIGKILL");
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("S13: a file that is refused whole is all that is wrong, and its reason is on the terminal", () => {
    assert.equal(report.problems.length, 1, report.problems.join("\n"));
    assert.match(report.problems[0] ?? "", /^inbox, latin1\.csv: refused whole: .*UTF-8/);
    assert.match(said, /✘ inbox, latin1\.csv: refused whole: /);
    assert.doesNotMatch(said, /Everything arrived/);
  });

  it("S13: what load quarantines has landed: the table of landing files has it, and that is told", () => {
    const [file, , landing] = report.files;
    assert.deepEqual([file?.source, file?.read, file?.loaded, file?.quarantined], ["zipcodes", 3, 1, 2]);
    assert.match(said, /zipcodes, typed\.csv\.gz, record 2: .*north/);
    const table = report.files.find(({ source }) => source === "ZIPCODES_LANDING") ?? landing;
    assert.deepEqual([table?.read, table?.loaded], [3, 3]);
    assert.match(said, /ZIPCODES_LANDING has 2 records that are in quarantine, not in DynamoDB/);
  });

  it("S13: every command that it prints works as printed, by version 1 of the AWS CLI, too", async function () {
    this.timeout(300_000);
    const [, first = "", ...rest] = /In another terminal, first:\n {2}(export .*)\n([\s\S]*)/.exec(said) ?? [];
    const hints = [...rest.join("").matchAll(/^(\S.*):\n {2}((?:.*\\\n)*.*)$/gm)].map(
      ([, title = "", command = ""]) => ({
        title,
        command,
      }),
    );
    const titles = hints.map(({ title }) => title);
    assert.deepEqual(titles.slice(0, 2), ["Drop a file into the source inbox", "Look at the table"]);
    assert.ok(titles.includes("Call the connector direct as Fivetran does"), titles.join("\n"));
    assert.ok(titles.some((title) => title.startsWith("Run dbt alone")));
    // A terminal of somebody who has neither a profile nor a region.
    const env = { PATH: [dirname(aws), process.env.PATH].join(delimiter), HOME: folder };
    for (const { title, command } of hints) {
      const file = (packed: string | undefined) => join(folder, packed ? "typed.csv.gz" : "latin1.csv");
      const text = `set -e; ${first}; ${command.replace(/FILE(\.csv\.gz)?/, (_, packed) => file(packed))}`;
      const output = await runCommand("bash", ["-c", text], { cwd: repository, env }).catch((error: Error) =>
        assert.fail(`${title}: ${error.message}`),
      );
      if (title === "Look at the table") assert.equal(JSON.parse(output).Items.length, 1);
    }
  });

  it("S12: the run as a page is served, with what didn't arrive and why, and what the stack is made of", async () => {
    const [, url = ""] = /^ {2}Page +(http:\/\/127\.0\.0\.1:\d+\/)/m.exec(said) ?? [];
    const answer = await fetch(url);
    assert.equal(answer.status, 200);
    const html = await answer.text();
    assert.match(html, /inbox · latin1\.csv<\/strong><span><span class="bad">refused whole/);
    assert.match(html, /data-pipelines-local-ingest-load-role/);
    assert.match(html, /<h2 id="resources">/);
    assert.ok((report.resources ?? []).some(({ type }) => type === "data-pipelines:index:S3ToDynamoDb"));
    assert.ok(
      (report.iam?.used ?? []).some(
        ({ action, calls, why }) =>
          action === "dynamodb:BatchWriteItem" && calls > 0 && why?.startsWith("writes the items of a part"),
      ),
    );
  });

  it("S6: Ctrl-C ends it, with the exit code of what it found", async () => {
    assert.ok(run.pid);
    process.kill(-run.pid, "SIGINT");
    assert.equal(await exited, 1, said.slice(-1_000));
  });
});
