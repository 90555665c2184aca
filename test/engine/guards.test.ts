import assert from "node:assert/strict";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../local/run/stack";
import { clientConfig, cloud, namesInCloud } from "./cloud";
import { withStack } from "./engine";

const region = { "aws:region": "us-east-1" };

describe("what the engine refuses and hides", function () {
  this.timeout(180_000);

  it("S1: a wrong configuration is told by its keys, and nothing is made", async () => {
    const settings = {
      ...region,
      "data-pipelines:logRetentionDays": 2,
      "data-pipelines:sources": [{ name: "ab", keyField: ["id"] }],
    };
    await withStack({ name: "wrong", settings }, async ({ run }) => {
      const { message } = await run("preview").then(
        () => assert.fail("the preview went through"),
        (error: Error) => error,
      );
      assert.match(message, /data-pipelines:sources\[0\] \("ab"\)\.keyField: unknown key; did you mean keyFields\?/);
      assert.match(message, /data-pipelines:logRetentionDays: is 2/);
    });
    assert.deepEqual(await namesInCloud(await cloud(), "data-pipelines-wrong-"), []);
  });

  it("S1: P1 and P24: the policy pack says what is wrong in a preview, and up doesn't make the policy", async () => {
    const program = async () => {
      const policy = new aws.iam.Policy("refused", {
        name: "refused-policy",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }],
        }),
      });
      new aws.s3.Bucket("refused-bucket", { bucket: "refused-bucket" }, { dependsOn: policy });
    };
    await withStack({ name: "refused", settings: region, program }, async ({ run }) => {
      await assert.rejects(run("preview"), /statement All: it allows the action "\*".*list the actions.*\[P1: npx/s);
      await assert.rejects(run("up"), /\[P1: /);
    });
    assert.deepEqual(await namesInCloud(await cloud(), "refused-"), []);
    const open = async () => {
      new aws.s3.Bucket("open", { bucket: "refused-open" });
    };
    await withStack({ name: "open", settings: region, program: open }, async ({ run }) => {
      await assert.rejects(run("preview"), /add a BucketPublicAccessBlock with blockPublicAcls.*\[P24: /s);
    });
  });

  it("S1: a secret is nowhere in the state as plain text", async () => {
    const plain = "correct-horse-battery-staple";
    const program = async () => {
      const secret = new aws.secretsmanager.Secret("key", { name: "engine-test-key" });
      new aws.secretsmanager.SecretVersion("key-value", { secretId: secret.id, secretString: pulumi.secret(plain) });
      return { secret: pulumi.secret(plain), arn: secret.arn };
    };
    await withStack({ name: "secrets", settings: region, program }, async ({ run, state }) => {
      const { outputs } = await run("up");
      assert.equal(outputs.secret, plain, "the value itself has to reach whoever may see it");
      const text = await state();
      assert.ok(text.includes("engine-test-key"), "the state holds the resources");
      assert.ok(!text.includes(plain));
    });
  });

  it("S1, I5: destroy of prod is refused for what holds data, and the data is still there", async () => {
    const where = await cloud();
    const s3 = new S3Client({ ...clientConfig(where), forcePathStyle: true });
    const settings = { ...readSettings("prod"), ...region };
    await withStack({ name: "prod", settings }, async ({ run }) => {
      const { outputs } = await run("up");
      const place = { Bucket: String(outputs.landingBucketName), Key: "landing/kept" };
      await s3.send(new PutObjectCommand({ ...place, Body: "kept" }));
      await assert.rejects(run("destroy"), /protect/);
      const { Body } = await s3.send(new GetObjectCommand(place));
      assert.equal(await Body?.transformToString(), "kept");
      const left = await namesInCloud(where, "data-pipelines-prod-ingest-");
      for (const name of ["bucket …landing", "bucket …source-orders", "table …table", "table …ledger"]) {
        const whole = name.replace("…", "data-pipelines-prod-ingest-");
        // Account and region stand behind a bucket's name.
        assert.ok(
          left.some((each) => each === whole || each.startsWith(`${whole}-0`)),
          name,
        );
      }
    });
  });
});
