import assert from "node:assert/strict";
import { makeBundle } from "../../../components/parts/bundle";
import { defaultProvider } from "../../../functions/shared/aws/lambdaCredentials";

describe("credentials on Lambda", () => {
  const names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] as const;
  const before: (string | undefined)[] = [];

  beforeEach(() => {
    before.splice(0, before.length, ...names.map((name) => process.env[name]));
  });

  afterEach(() => {
    for (const [index, name] of names.entries()) {
      if (before[index] === undefined) delete process.env[name];
      else process.env[name] = before[index];
    }
  });

  it("I12: they come from the environment, with the role's session token", async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key", AWS_SESSION_TOKEN: "token" });
    assert.deepEqual(await defaultProvider()(), { accessKeyId: "id", secretAccessKey: "key", sessionToken: "token" });
    delete process.env.AWS_SESSION_TOKEN;
    assert.deepEqual(await defaultProvider()(), { accessKeyId: "id", secretAccessKey: "key" });
  });

  it("I12: an environment without them is told with the fix", async () => {
    delete process.env.AWS_SECRET_ACCESS_KEY;
    await assert.rejects(defaultProvider()(), /AWS_SECRET_ACCESS_KEY are not set\. Lambda sets them/);
  });

  it("I12: the load bundle has no other way to credentials and at most 800 KB", () => {
    const { code } = makeBundle("s3-to-dynamodb/load");
    assert.ok(Buffer.byteLength(code) <= 800_000, `${Buffer.byteLength(code)} bytes`);
    assert.ok(code.includes("Lambda sets them from the function's role"));
    assert.ok(!code.includes("AssumeRoleWithWebIdentity"));
  });
});
