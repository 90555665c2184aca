import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { cloud, namesInCloud } from "./cloud";
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

  it("P2, P21, P5: each violation stops the update with resource, statement, reason and mend", async () => {
    const open = document({ Sid: "Drop", Action: "sqs:SendMessage", Principal: "*", Resource: "*" });
    const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
      [
        "policies-star",
        program,
        /statement Files: it allows "s3:\*".*Mend: list the s3 actions.*\[P2, docs\/policies\/P2\.md\]/s,
      ],
      [
        "policies-open",
        () =>
          new aws.sqs.QueuePolicy("open", {
            queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/q",
            policy: open,
          }),
        /QueuePolicy.*statement Drop: it allows the principal "\*".*\[P21, /s,
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
        policies.some((each) => /^\[advisory\].*statement Files.*\[P2, /s.test(each)),
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
      await assert.rejects(stack.run("up"), /ended on 2020-01-31 \(an old tool needs them\).*\[P2, /s);
    });
    const useless = { ...exemption, resource: "nobody-*" };
    const harmless = async () => void new aws.sqs.Queue("harmless", { name: "policies-harmless" });
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
      const queue = new aws.sqs.Queue("late", { name: "policies-late" });
      const action = queue.arn.apply((arn) => (arn.includes("sqs") ? "sqs:*" : "sqs:SendMessage"));
      new aws.iam.Policy("late-policy", {
        name: "policies-late-policy",
        policy: document({ Sid: "Late", Action: action, Resource: queue.arn }),
      });
    };
    await run("policies-unknown", {}, late, async (stack) => {
      const { policies } = await stack.run("preview");
      assert.ok(
        policies.some((each) => /^\[advisory\].*not evaluated.*: policy\. It is judged again/s.test(each)),
        policies.join("\n"),
      );
      await assert.rejects(stack.run("up"), /statement Late: it allows "sqs:\*".*\[P2, /s);
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
