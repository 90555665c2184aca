import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { judgeResource, judgeStack, messageOf, type Violation } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import type { Resource } from "../../policy/rules/rule";
import { defaultSettings } from "../../policy/rules/settings";
import { parseConfig } from "../../stacks/config";
import { program } from "../../stacks/program";
import { type MockResource, runMocked } from "../unit/mocks";

const root = join(__dirname, "../..");

/** What AWS can't restrict to a resource, or only its own service can: rule → resource and why. */
const reasoned: readonly { readonly rule: string; readonly resource: RegExp; readonly why: string }[] = [];

const stacks = readdirSync(root).flatMap((file) => /^Pulumi\.(\w+)\.yaml$/.exec(file)?.[1] ?? []);

/** The resources of a stack as the pack sees them at the update. */
async function resourcesOf(stack: string): Promise<Resource[]> {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8"));
  const settings = Object.fromEntries(
    Object.entries(config as Record<string, unknown>).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  pulumi.runtime.setAllConfig(settings);
  const { resources } = await runMocked(() => program(parseConfig(stack, settings)), { stack });
  return resources.map(asSeen);
}

/** With the ids that the mocks give: what names a resource in another one's properties. */
function asSeen({ type, name, inputs }: MockResource): Resource {
  const physical = inputs.name ?? inputs.bucket ?? name;
  const url =
    type === "aws:sqs/queue:Queue" ? { url: `https://sqs.us-east-1.amazonaws.com/000000000000/${physical}` } : {};
  const arn =
    type === "aws:sns/topic:Topic"
      ? { arn: `arn:aws:sns:us-east-1:000000000000:${physical}` }
      : type === "aws:iam/policy:Policy"
        ? { arn: `arn:aws:iam::000000000000:policy/${physical}` }
        : {};
  return { type, name, urn: `${type}::${name}`, props: { ...inputs, ...url, ...arn }, dependencies: {} };
}

function judge(resources: readonly Resource[]): Violation[] {
  return rules
    .filter(({ level }) => level !== "advisory")
    .flatMap((rule) =>
      rule.scope === "stack"
        ? judgeStack(rule, resources, defaultSettings)
        : resources.flatMap((resource) => judgeResource(rule, resource, defaultSettings)),
    );
}

function isReasoned({ rule, urn = "" }: Violation): boolean {
  return reasoned.some((each) => each.rule === rule.id && each.resource.test(urn));
}

describe("our own stacks under all rules", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}));

  it("P34: the stacks are those of the four environments", () => {
    assert.deepEqual(stacks.sort(), ["dev", "local", "prod", "staging"]);
  });

  for (const stack of stacks) {
    it(`P34: ${stack} has no mandatory violation beside the reasoned list`, async () => {
      const resources = await resourcesOf(stack);
      assert.ok(resources.filter(({ type }) => type === "aws:iam/role:Role").length >= 2);
      const violations = judge(resources).filter((violation) => !isReasoned(violation));
      assert.deepEqual(
        violations.map((violation) => `${violation.urn}: ${messageOf(violation)}`),
        [],
      );
    });
  }

  it("P34: the rules do find what is wrong in these stacks: without a bucket's policy, P23 tells of the bucket", async () => {
    const resources = await resourcesOf("prod");
    const without = resources.filter(({ type }) => type !== "aws:s3/bucketPolicy:BucketPolicy");
    assert.ok(judge(without).some(({ rule }) => rule.id === "P23"));
  });

  it("P34: each entry of the reasoned list is still needed", async () => {
    const found: Violation[] = [];
    for (const stack of stacks) found.push(...judge(await resourcesOf(stack)));
    for (const { rule, resource, why } of reasoned) {
      assert.ok(why.length > 20);
      assert.ok(
        found.some((violation) => violation.rule.id === rule && resource.test(violation.urn ?? "")),
        `${rule} on ${resource} isn't found any more: drop it from the list`,
      );
    }
  });
});
