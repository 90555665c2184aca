import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBundle } from "../../../../components/parts/bundle";
import { config, source } from "./fakes";

describe("collect: bundle", () => {
  it("I12: the bundle has at most 800 KB, and answers S3's test event in a process of its own", () => {
    const { code } = makeBundle("s3-to-dynamodb/collect");
    assert.ok(Buffer.byteLength(code) <= 800_000, `${Buffer.byteLength(code)} bytes`);
    const folder = mkdtempSync(join(tmpdir(), "collect-"));
    try {
      writeFileSync(join(folder, "index.mjs"), code);
      writeFileSync(join(folder, "config.json"), JSON.stringify(config([source()])));
      const event = { Records: [{ messageId: "m", body: '{"Event":"s3:TestEvent"}' }] };
      const script = `import("./index.mjs").then(async ({ handler }) => {
        const context = { getRemainingTimeInMillis: () => 60000 };
        process.stderr.write(JSON.stringify(await handler(${JSON.stringify(event)}, context)));
        process.exit(0);
      })`;
      const env = {
        PATH: process.env.PATH,
        NODE_NO_WARNINGS: "1",
        LAMBDA_TASK_ROOT: folder,
        AWS_REGION: "eu-west-1",
        PIPELINE: "p",
        LANDING_BUCKET: "l",
        LEDGER_TABLE: "t",
        LEDGER_DAYS: "730",
        LOAD_QUEUE_URL: "u",
        COLLECT_QUEUE_URL: "c",
      };
      // Powertools logs to stdout; the answer comes on stderr.
      const command = `"${process.execPath}" -e '${script}' 2>&1 >/dev/null`;
      const answer = execFileSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" });
      assert.deepEqual(JSON.parse(answer), { batchItemFailures: [] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
