import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { lambdaHandler } from "../../../functions/connector-kit";
import { fivetranPermissions, permissions } from "../../../functions/connector-kit/permissions";
import { first, orders, paged } from "./harness";

const context = { getRemainingTimeInMillis: () => 30_000 };

/** What is written to stdout and stderr meanwhile, and the outcome. */
async function captured<T>(work: () => Promise<T>): Promise<{ lines: string[]; result?: T; error?: Error }> {
  const lines: string[] = [];
  const { stdout, stderr } = process;
  const writes = [stdout.write, stderr.write] as const;
  const capture = ((chunk: string | Uint8Array) => lines.push(String(chunk)) > 0) as typeof stdout.write;
  stdout.write = capture;
  stderr.write = capture;
  try {
    return { lines, result: await work() };
  } catch (error) {
    return { lines, error: error as Error };
  } finally {
    [stdout.write, stderr.write] = writes;
  }
}

describe("Fivetran connector: in Lambda", () => {
  const before = { ...process.env };
  beforeEach(() => {
    process.env.PIPELINE = "shop";
  });
  afterEach(() => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
  });

  it("F1, F10: answers, and writes one metrics line", async () => {
    const handler = lambdaHandler(
      paged([{ upserts: { orders: orders(1, 3) }, deletes: { lines: [{ order: 1, line: 1 }] } }]),
    );
    const { lines, result } = await captured(() => handler(first, context));
    assert.equal(result?.insert?.orders?.length, 3);
    const metrics = lines.filter((line) => line.includes("_aws")).map((line) => JSON.parse(line));
    assert.equal(metrics.length, 1);
    const { Pipeline, Pages, RowsUpserted, RowsDeleted } = metrics[0];
    assert.deepEqual(
      { Pipeline, Pages, RowsUpserted, RowsDeleted },
      { Pipeline: "shop", Pages: 1, RowsUpserted: 3, RowsDeleted: 1 },
    );
  });

  it("F6: no line that a failing connector writes shows a secret", async () => {
    const secrets = { nested: { key: "very&secret/key" } };
    const fails = lambdaHandler(
      paged([], {
        pull: () => {
          throw new Error(`no access with ${encodeURIComponent(secrets.nested.key)}`);
        },
      }),
    );
    const { lines, error } = await captured(() => fails({ ...first, secrets }, context));
    assert.equal(error?.message, "Error: no access with [redacted]");
    assert.ok(lines.some((line) => line.includes("The request failed")));
    for (const line of lines) assert.ok(!line.includes("very"), line);
  });

  it("F8: START is where a historical load begins", async () => {
    process.env.START = "2024-01-01";
    let seen: string | undefined;
    const handler = lambdaHandler(
      paged([], {
        test: async ({ startFrom }) => {
          seen = startFrom;
        },
      }),
    );
    await captured(() => handler({ ...first, setup_test: true }, context));
    assert.equal(seen, "2024-01-01");
  });

  it("F5: the file of a sync through a bucket is put where the request says", async () => {
    const puts: { path?: string; body: string }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        puts.push({ path: request.url?.split("?")[0], body: Buffer.concat(chunks).toString() });
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    try {
      const handler = lambdaHandler(paged([{ upserts: { orders: orders(1, 1, "ü") } }]));
      const { result, error } = await captured(() => handler({ ...first, bucket: "sync", file: "in/1.json" }, context));
      assert.equal(error, undefined);
      assert.equal(result?.insert, undefined);
      assert.equal(puts.length, 1);
      assert.equal(puts[0]?.path, "/sync/in/1.json");
      assert.ok(puts[0]?.body.includes('{"insert":{"orders":[{"id":1,"text":"ü"}]},"delete":{}}'), puts[0]?.body);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("F9: the function writes, Fivetran's role invokes, reads, clears away and asks for the bucket's region; each action by name", () => {
    const actions = (grants: typeof permissions | typeof fivetranPermissions) =>
      Object.values(grants).flatMap((each) => each.flatMap((grant) => grant.actions));
    assert.deepEqual(actions(permissions), ["s3:PutObject", "kms:GenerateDataKey"]);
    assert.deepEqual(actions(fivetranPermissions), [
      "lambda:InvokeFunction",
      "s3:GetObject",
      "s3:DeleteObject",
      "s3:PutObject",
      "s3:GetBucketLocation",
      "kms:Decrypt",
    ]);
  });
});
