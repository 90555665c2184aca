import assert from "node:assert/strict";
import { GetBucketPolicyCommand, GetPublicAccessBlockCommand, S3Client } from "@aws-sdk/client-s3";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { clientConfig, cloud, namesInCloud } from "./cloud";
import { type Settings, type TestStack, withStack } from "./engine";

const region = { "aws:region": "us-east-1" };
const everyS3 = "iam-no-service-wildcard";

function document(statement: Record<string, unknown>): pulumi.Output<string> {
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

/** A policy that rule P2 refuses, and a bucket that isn't made because of it. */
async function program() {
  const policy = document({ Sid: "Files", Action: "s3:*", Resource: "arn:aws:s3:::files/*" });
  new aws.iam.Policy("files", { name: "policies-files", policy });
}

function run(name: string, policies: Settings, of: () => Promise<unknown>, work: (stack: TestStack) => Promise<void>) {
  return withStack({ name, settings: region, program: async () => void (await of()), policies }, work);
}

describe("the policy pack in the real engine", function () {
  this.timeout(180_000);

  it("P2, P21, P24: each violation stops the update with resource, statement, reason and fix", async () => {
    const open = document({ Sid: "Drop", Action: "sqs:SendMessage", Principal: "*", Resource: "*" });
    const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
      [
        "policies-star",
        program,
        /statement Files: it allows "s3:\*".*Fix: list the s3 actions.*\[P2: npx data-pipelines-policy explain P2\]/s,
      ],
      [
        "policies-open",
        () =>
          new aws.sqs.QueuePolicy("open", {
            queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/q",
            policy: open,
          }),
        /QueuePolicy.*statement Drop: it allows .*to the principal "\*".*Fix: name the principals.*\[P21: /s,
      ],
      [
        "policies-stack",
        () => new aws.s3.Bucket("alone", { bucket: "engine-policies-alone" }),
        /Bucket: alone.*the bucket has no public access block.*Fix: add a BucketPublicAccessBlock.*\[P24: /s,
      ],
    ];
    for (const [name, of, expected] of cases) {
      await run(
        name,
        {},
        async () => of(),
        async (stack) => {
          await assert.rejects(stack.run("up"), expected);
        },
      );
    }
    assert.deepEqual(await namesInCloud(await cloud(), "policies-"), []);
  });

  it("P33: levels come from the configuration of the stack", async () => {
    await run("policies-level", { [everyS3]: "advisory" }, program, async (stack) => {
      const { policies } = await stack.run("up");
      assert.ok(
        policies.some((each) => /^\[advisory\].*statement Files.*\[P2: /s.test(each)),
        policies.join("\n"),
      );
      await stack.run("destroy");
    });
    await run("policies-schema", { [everyS3]: { exemptions: [{ resource: "files" }] } }, program, async (stack) => {
      await assert.rejects(stack.run("preview"), /exemptions\.0: (reason|expires) is required/);
    });
  });

  it("P32: an exemption lets it through and is told; an expired one doesn't, and is named", async () => {
    const exemption = { resource: "files", reason: "an old tool needs them", expires: "2999-12-31" };
    await run("policies-exempt", { [everyS3]: { exemptions: [exemption] } }, program, async (stack) => {
      const { policies } = await stack.run("up");
      const told = policies.filter((each) => each.includes("exempted from P2 until 2999-12-31, because an old tool"));
      assert.equal(told.length, 1, policies.join("\n"));
      await stack.run("destroy");
    });
    const expired = { ...exemption, expires: "2020-01-31" };
    await run("policies-expired", { [everyS3]: { exemptions: [expired] } }, program, async (stack) => {
      await assert.rejects(stack.run("up"), /ended on 2020-01-31 \(an old tool needs them\).*\[P2: /s);
    });
    const useless = { ...exemption, resource: "nobody-*" };
    const harmless = async () => void new aws.cloudwatch.LogGroup("harmless", { name: "policies-harmless" });
    await run(
      "policies-useless",
      { [everyS3]: { exemptions: [useless, { ...useless, expires: "2020-01-31" }] } },
      harmless,
      async (stack) => {
        await assert.rejects(stack.run("preview"), (error: Error) => {
          assert.match(error.message, /\[advisory\].*is of no use: no resource has that URN or name: nobody-\*/s);
          assert.match(error.message, /\[mandatory\].*exemption from P2 .* has expired: nobody-\*, until 2020-01-31/s);
          return true;
        });
      },
    );
  });

  it("P31: what preview can't know is told as not evaluated, and refused by the update", async () => {
    const late = async () => {
      const logs = new aws.cloudwatch.LogGroup("late", { name: "policies-late" });
      const Action = logs.arn.apply((arn) => `${arn.split(":")[2]}:*`);
      const policy = document({ Sid: "Late", Action, Resource: logs.arn });
      new aws.iam.Policy("late-policy", { name: "policies-late-policy", policy });
    };
    await run("policies-unknown", {}, late, async (stack) => {
      const { policies } = await stack.run("preview");
      assert.ok(
        policies.some((each) => /^\[advisory\].*not evaluated.*: policy\. It is judged again/s.test(each)),
        policies.join("\n"),
      );
      await assert.rejects(stack.run("up"), /statement Late: it allows "logs:\*".*\[P2: /s);
      await stack.run("destroy");
    });
  });

  it("P33, P44: where a stack asks for it, what can be mended is mended by the update; what is exempted stays as it is", async () => {
    const open = async () => {
      const { bucket } = new aws.s3.Bucket("open", { bucket: "policies-open" });
      new aws.s3.BucketPublicAccessBlock("open-block", { bucket, blockPublicAcls: true });
      const reader = { AWS: "arn:aws:iam::000000000000:role/reader" };
      const Resource = "arn:aws:s3:::policies-open/*";
      const policy = document({ Sid: "Read", Action: "s3:GetObject", Principal: reader, Resource });
      new aws.s3.BucketPolicy("open-policy", { bucket, policy });
    };
    const s3 = new S3Client({ ...clientConfig(await cloud()), forcePathStyle: true });
    const Bucket = "policies-open";
    const mending = { "s3-public-access-block": "remediate", "tls-only": "remediate" } as const;
    await run("policies-mended", mending, open, async (stack) => {
      await stack.run("up");
      const { PublicAccessBlockConfiguration: flags } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      assert.deepEqual(Object.values(flags ?? {}), [true, true, true, true]);
      const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      assert.match(Policy, /"Deny".*aws:SecureTransport/);
      await stack.run("destroy");
    });
    const exemption = { resource: "open*", reason: "an old client speaks HTTP only", expires: "2999-12-31" };
    const exempting = { ...mending, "tls-only": { enforcementLevel: "remediate", exemptions: [exemption] } } as const;
    await run("policies-unmended", exempting, open, async (stack) => {
      const { policies } = await stack.run("up");
      assert.ok(
        policies.some((each) => each.includes("exempted from P23 until 2999-12-31")),
        policies.join("\n"),
      );
      const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      assert.doesNotMatch(Policy, /aws:SecureTransport/);
      await stack.run("destroy");
    });
  });

  it("P31: pulumi policy analyze judges a state without the program", async () => {
    await run("policies-state", { [everyS3]: "disabled" }, program, async (stack) => {
      await stack.run("up");
      const allowed = await stack.analyze();
      assert.equal(allowed.code, 0, allowed.text);
      const refused = await stack.analyze({});
      assert.equal(refused.code, 1);
      assert.match(refused.text, /statement Files: it allows "s3:\*"/);
      await stack.run("destroy");
    });
  });
});
