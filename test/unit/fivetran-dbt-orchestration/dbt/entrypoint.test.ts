import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { summaryBytes } from "../../../../components/fivetran-dbt-orchestration/limits";

const entrypoint = join(
  __dirname,
  "..",
  "..",
  "..",
  "..",
  "functions",
  "fivetran-dbt-orchestration",
  "dbt",
  "entrypoint.py",
);

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A run of the entry point with a stub in dbt's place: a shell script that sees its words and DBT_TARGET_PATH. */
class Run {
  readonly folder = mkdtempSync(join(tmpdir(), "entrypoint-"));
  readonly artifacts = join(this.folder, "artifacts");
  child: ChildProcess | undefined;

  constructor(script: string) {
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "dbt"), `#!/bin/sh\necho "dbt $*"\necho "$*" >> ${this.folder}/calls\n${script}\n`);
    chmodSync(join(bin, "dbt"), 0o755);
  }

  start(words: readonly string[] = ["build"], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const path = [join(this.folder, "bin"), process.env.PATH].join(delimiter);
    const child = spawn("python3", ["-B", entrypoint, "--artifacts-dir", this.artifacts, ...words], {
      env: { PATH: path, RUN_ID: "run-1", DBT_PROJECT_DIR: this.folder, ...env },
    });
    this.child = child;
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, output }));
    });
  }

  get calls(): string[] {
    return readFileSync(join(this.folder, "calls"), "utf8").trim().split("\n");
  }

  artifact(name: string): Record<string, unknown> {
    return JSON.parse(readFileSync(join(this.artifacts, "run-1", name), "utf8"));
  }

  text(name: string): string {
    return readFileSync(join(this.artifacts, "run-1", name), "utf8");
  }

  has(name: string): boolean {
    return existsSync(join(this.artifacts, "run-1", name));
  }

  async until(condition: () => boolean): Promise<void> {
    for (let tries = 0; tries < 200 && !condition(); tries += 1) await new Promise((done) => setTimeout(done, 25));
    assert.ok(condition());
  }
}

const results = (...nodes: readonly (readonly [string, string, string?])[]): string =>
  JSON.stringify({ results: nodes.map(([unique_id, status, message]) => ({ unique_id, status, message })) });
const write = (name: string, text: string): string => `printf '%s' '${text}' > "$DBT_TARGET_PATH/${name}"`;
const good = [write("run_results.json", results(["model.a", "success"])), write("manifest.json", '{"nodes":{}}')].join(
  "\n",
);

describe("the entry point of dbt's image", () => {
  let run: Run;
  const begin = (script: string): Run => {
    run = new Run(script);
    return run;
  };
  afterEach(() => rmSync(run.folder, { recursive: true, force: true }));

  it("O11: hands in results, manifest and summary, and passes dbt's words on", async () => {
    const { code, output } = await begin(good).start(["build", "--select", "tag:daily"]);
    assert.equal(code, 0, output);
    assert.deepEqual(run.calls, ["build --select tag:daily"]);
    assert.deepEqual(run.artifact("summary.json"), {
      status: "succeeded",
      command: "build --select tag:daily",
      exit_code: 0,
      retried: false,
      counts: { success: 1 },
      nodes: [],
    });
    assert.ok(run.has("manifest.json") && run.has("run_results.json"));
    assert.match(output, /dbt build --select tag:daily/);
  });

  it("O11: dbt retry after a failure; what succeeds then doesn't fail the run", async () => {
    const first = write("run_results.json", results(["model.a", "error", "boom"], ["model.b", "success"]));
    const second = write("run_results.json", results(["model.a", "success"]));
    const { code } = await begin(`if [ "$1" = retry ]; then ${second}; else ${first}; exit 1; fi`).start();
    assert.equal(code, 0);
    assert.deepEqual(run.calls, ["build", "retry"]);
    assert.deepEqual(run.artifact("summary.json").counts, { success: 2 });
    assert.equal(run.artifact("summary.json").retried, true);
    assert.ok(run.has("run_results.first.json"));
  });

  it("O11: a node that fails twice is named, and dbt's exit code is passed on after the artifacts", async () => {
    const failing = write(
      "run_results.json",
      results(["model.a", "error", "no  such\ncolumn"], ["test.t", "fail", "3"]),
    );
    const { code } = await begin(`${failing}\nexit 1`).start();
    assert.equal(code, 1);
    assert.deepEqual(run.calls, ["build", "retry"]);
    const { status, nodes, retried } = run.artifact("summary.json");
    assert.deepEqual([status, retried], ["failed", true]);
    assert.deepEqual(nodes, [
      { unique_id: "model.a", status: "error", message: "no such column" },
      { unique_id: "test.t", status: "fail", message: "3" },
    ]);
  });

  it("O11: a mistake that a retry would meet again is not retried; the output says what it was", async () => {
    const { code } = await begin('echo "Compilation Error in model a"\nexit 2').start();
    assert.equal(code, 2);
    assert.deepEqual(run.calls, ["build"]);
    assert.match(String(run.artifact("summary.json").message), /Compilation Error in model a/);
  });

  it("O8: dbt that hangs is ended by its time-out, with its evidence", async () => {
    const { code, output } = await begin(`${good}\nexec sleep 60`).start(["build"], { DBT_TIMEOUT_SECONDS: "1" });
    assert.equal(code, 124, output);
    assert.equal(run.artifact("summary.json").status, "timed_out");
    assert.deepEqual(run.calls, ["build"]);
    assert.ok(run.has("run_results.json"));
  });

  it("O8: a stopped task interrupts dbt, doesn't retry, and hands in what there is", async () => {
    const interrupted = `trap 'echo interrupted; exit 1' INT\n${good}\ntouch ready\nwhile :; do sleep 0.1; done`;
    const ended = begin(interrupted).start();
    await run.until(() => existsSync(join(run.folder, "ready")));
    run.child?.kill("SIGTERM");
    const { code, output } = await ended;
    assert.equal(code, 143);
    assert.match(output, /interrupted/);
    assert.equal(run.artifact("summary.json").status, "stopped");
    assert.deepEqual(run.calls, ["build"]);
  });

  it("O11: secrets don't reach the log or the summary, not even a line of a key", async () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
    const { output } = await begin('echo "key: $SNOWFLAKE_PRIVATE_KEY, $SNOWFLAKE_PASSWORD"\nexit 2').start(["build"], {
      SNOWFLAKE_PRIVATE_KEY: key,
      SNOWFLAKE_PASSWORD: "correct horse",
    });
    const told = output + JSON.stringify(run.artifact("summary.json"));
    for (const secret of ["MIIEvQIBADANBgkq", "hkiG9w0BAQEFAASC", "correct horse"]) {
      assert.ok(!told.includes(secret), told);
    }
    assert.match(told, /\*\*\*/);
  });

  it("O23: no value of the component's secrets reaches log or artifacts, whatever its variable is called, JSON-escaped or in a URL", async () => {
    const secret = 'p"ä\\ss w0rd';
    const secrets = { SNOWFLAKE_PASS: secret, PGPASS: "hunter2!", DBT_LOGIN: "open sesame" };
    const env = { ...secrets, REDACTED_VARIABLES: Object.keys(secrets).join(",") };
    const tells = [
      `message=$(python3 -c 'import json,os; print(json.dumps(" ".join(os.environ[name] for name in ["SNOWFLAKE_PASS", "PGPASS", "DBT_LOGIN"])))')`,
      `raw=$(python3 -c 'import json,os; print(json.dumps(os.environ["SNOWFLAKE_PASS"], ensure_ascii=False))')`,
      `url=$(python3 -c 'import os,urllib.parse; print(urllib.parse.quote(os.environ["SNOWFLAKE_PASS"], safe=""))')`,
      `printf '%s\\n' "$SNOWFLAKE_PASS $PGPASS $DBT_LOGIN $message $raw $url"`,
      "for name in run_results.json manifest.json; do",
      '  printf \'{"results":[{"unique_id":"m","status":"error","message":%s}],"raw":%s,"url":"%s"}\' "$message" "$raw" "$url" > "$DBT_TARGET_PATH/$name"',
      "done",
      "exit 2",
    ].join("\n");
    const { output } = await begin(tells).start(["build"], env);
    const told = ["summary.json", "run_results.json", "manifest.json"].map((name) => run.text(name));
    const forms = [
      secret,
      JSON.stringify(secret).slice(1, -1),
      'p\\"\\u00e4',
      encodeURIComponent(secret),
      "hunter2",
      "sesame",
      "w0rd",
    ];
    for (const text of [output, ...told])
      for (const form of forms) assert.ok(!text.includes(form), `${form} in ${text}`);
    for (const text of [output, ...told]) assert.match(text, /\*\*\*/);
    assert.deepEqual(Object.keys(run.artifact("manifest.json")), ["results", "raw", "url"], "it is JSON still");
  });

  it("O23: a secret isn't cut in half where a message is", async () => {
    const message = `${"x".repeat(490)} correct-horse-battery`;
    const failing = write("run_results.json", results(["model.a", "error", message]));
    await begin(`${failing}\nexit 2`).start(["build"], {
      PGPASS: "correct-horse-battery",
      REDACTED_VARIABLES: "PGPASS",
    });
    assert.ok(!run.text("summary.json").includes("correct"));
  });

  it("O17: a summary of a hundred nodes with long messages stays below its limit, and counts what it leaves out", async () => {
    const nodes = Array.from({ length: 150 }, (_, i) => [`model.shop.m${i}`, "error", "数".repeat(600)] as const);
    const { code } = await begin(`${write("run_results.json", results(...nodes))}\nexit 2`).start();
    assert.equal(code, 2);
    assert.ok(Buffer.byteLength(run.text("summary.json")) <= summaryBytes);
    const { nodes: named = [], more_nodes } = run.artifact("summary.json") as { nodes: object[]; more_nodes: number };
    assert.ok(named.length > 5);
    assert.equal(named.length + more_nodes, 150);
  });

  it("O11: artifacts that can't be handed in fail a run that would have succeeded, and don't hide one that failed", async () => {
    begin(good);
    writeFileSync(run.artifacts, "a file where the folder should be");
    const { code, output } = await run.start();
    assert.equal(code, 74);
    assert.match(output, /could not be handed in/);
    rmSync(run.folder, { recursive: true, force: true });
    begin("exit 2");
    writeFileSync(run.artifacts, "");
    assert.equal((await run.start()).code, 2);
  });

  it("O11: called wrongly, it says what is missing", async () => {
    begin(good);
    const without = await run.start(["build"], { RUN_ID: "" });
    assert.equal(without.code, 64);
    assert.match(without.output, /RUN_ID is ''/);
    const late = await run.start(["build"], { DBT_TIMEOUT_SECONDS: "soon" });
    assert.match(late.output, /DBT_TIMEOUT_SECONDS is 'soon'; give a whole number/);
  });

  it("O11: without dbt on the PATH the summary says so", async () => {
    begin(good);
    rmSync(join(run.folder, "bin", "dbt"));
    const { code } = await run.start(["build"], { PATH: "/usr/bin:/bin" });
    assert.equal(code, 2);
    assert.match(String(run.artifact("summary.json").message), /could not be started/);
  });
});
