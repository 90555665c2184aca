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
      const event = { Records: [{ messageId: "m", receiptHandle: "r", body: '{"Event":"s3:TestEvent"}' }] };
      // The function holds its message while it works on it: the queue's service answers in the same process.
      writeFileSync(
        join(folder, "run.mjs"),
        `import { createServer } from "node:http";
        const calls = [];
        const server = createServer((request, response) => {
          calls.push(request.headers["x-amz-target"]);
          request.resume();
          response.setHeader("content-type", "application/x-amz-json-1.0").end("{}");
        });
        await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
        process.env.AWS_ENDPOINT_URL_SQS = "http://127.0.0.1:" + server.address().port;
        process.env.COLLECT_QUEUE_URL = process.env.AWS_ENDPOINT_URL_SQS + "/000000000000/collect";
        const { handler } = await import("./index.mjs");
        const answer = await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 60000 });
        process.stderr.write(JSON.stringify({ answer, calls }));
        process.exit(0);`,
      );
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
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      };
      // Powertools logs to stdout; the answer comes on stderr.
      const command = `"${process.execPath}" run.mjs 2>&1 >/dev/null`;
      const said = execFileSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" });
      const { answer, calls } = JSON.parse(said) as { answer: unknown; calls: readonly string[] };
      assert.deepEqual(answer, { batchItemFailures: [] });
      assert.ok(calls.length > 0 && calls.every((call) => call === "AmazonSQS.ChangeMessageVisibility"), said);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
