import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Resource } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { levelOf, type PackConfig, readPackConfig } from "../../policy/pack/configFile";
import { matches, sortFindings, today } from "../../policy/pack/exemptions";
import { judgeResource, judgeStack, messageOf, type Violation } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { fromProgram } from "../../tools/access/fromProgram";

const root = join(__dirname, "../..");
const stacks = readdirSync(root)
  .flatMap((file) => /^Pulumi\.(\w+)\.yaml$/.exec(file)?.[1] ?? [])
  .sort();

/** Exemptions that all stacks together may have: actions that AWS can't restrict to a resource. */
const mostExemptions = 3;

function configOf(stack: string): PackConfig {
  return readPackConfig(readFileSync(join(root, "policy/config", `${stack}.json`), "utf8"), rules, []);
}

const made = new Map<string, Promise<readonly Resource[]>>();

/** As the pack sees them at the update. */
function resourcesOf(stack: string): Promise<readonly Resource[]> {
  const known = made.get(stack);
  if (known) return known;
  const resources = fromProgram(stack).then((all) =>
    all.map(({ type, name, props }) => ({
      type,
      name,
      urn: `urn:pulumi:${stack}::data-pipelines::${type}::${name}`,
      props,
      dependencies: {},
    })),
  );
  made.set(stack, resources);
  return resources;
}

/** What the rules find at a level that stops the update. */
function judge(resources: readonly Resource[], config: PackConfig): Violation[] {
  return rules
    .filter((rule) => !["advisory", "disabled"].includes(levelOf(rule, config)))
    .flatMap((rule) => {
      const { settings = defaultSettings } = config.rules[rule.name] ?? {};
      return rule.scope === "stack"
        ? judgeStack(rule, resources, settings)
        : resources.flatMap((resource) => judgeResource(rule, resource, settings));
    });
}

const nameOf = ({ urn = "" }: Violation): string => urn.split("::").at(-1) ?? "";

describe("our own stacks under all rules", () => {
  it("P34: the stacks are those of the four environments", () => {
    assert.deepEqual(stacks, ["dev", "local", "prod", "staging"]);
  });

  for (const stack of stacks) {
    it(`P34: ${stack} has no mandatory violation beside the reasoned exemptions`, async () => {
      const resources = await resourcesOf(stack);
      assert.ok(resources.filter(({ type }) => type === "aws:iam/role:Role").length >= 2);
      const config = configOf(stack);
      const violations = judge(resources, config).flatMap((violation) => {
        const { exemptions = [] } = config.rules[violation.rule.name] ?? {};
        return sortFindings([violation], exemptions, today(), nameOf).violations;
      });
      const told = violations.map((violation) => `${nameOf(violation)}: ${messageOf(violation)}`);
      assert.deepEqual(told, []);
    });
  }

  it("P34: the exemptions are few, each with a reason, and each still needed", async () => {
    let count = 0;
    for (const stack of stacks) {
      const config = configOf(stack);
      assert.deepEqual(Object.keys(config.levels), [], `${stack}: no rule is lowered or switched off`);
      const found = judge(await resourcesOf(stack), config);
      for (const [name, { exemptions }] of Object.entries(config.rules)) {
        for (const exemption of exemptions) {
          count++;
          assert.ok(exemption.reason.length > 20, exemption.reason);
          const isNeeded = found.some((each) => each.rule.name === name && matches(exemption, each, nameOf(each)));
          assert.ok(
            isNeeded,
            `${stack}, ${name}: nothing is found any more for ${exemption.resource}; drop the exemption`,
          );
        }
      }
    }
    assert.ok(count <= mostExemptions, `${count} exemptions`);
  });

  it("P34: the same rules do find what is wrong: a bucket without its policy, two functions with one role", async () => {
    const config = configOf("prod");
    const resources = (await resourcesOf("prod"))
      .filter(({ type }) => type !== "aws:s3/bucketPolicy:BucketPolicy")
      .map((each) =>
        each.type === "aws:lambda/function:Function"
          ? { ...each, props: { ...each.props, role: "arn:aws:iam::000000000000:role/shared" } }
          : each,
      );
    const found = new Set(judge(resources, config).map(({ rule }) => rule.id));
    assert.deepEqual([...found].sort(), ["P23", "P30"]);
  });
});
