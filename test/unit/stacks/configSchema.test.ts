import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import { parse } from "yaml";
import { configSchemaFile, configSchemaText } from "../../../tools/configSchema";
import { stacks } from "./stackRun";

const root = join(__dirname, "../../..");
const fileOf = (stack: string) => readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8");

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
}

function undescribed(node: Node, path: string): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, each]) => [
    ...(each.description ? [] : [`${path}.${key}`]),
    ...undescribed(each.items ?? each, `${path}.${key}`),
  ]);
}

describe("the configuration's schema for editors", () => {
  const schema = JSON.parse(readFileSync(configSchemaFile, "utf8")) as Node;
  const takes = new Ajv2020({ strict: false }).compile(schema);

  it("S1: it is the one that npm run config:schema writes, and says of every key what it is", () => {
    assert.equal(readFileSync(configSchemaFile, "utf8"), configSchemaText());
    assert.deepEqual(undescribed(schema.properties?.config ?? {}, "config"), []);
  });

  for (const stack of stacks) {
    it(`S1: the file of ${stack} names it, and is right by it`, () => {
      const [first = ""] = fileOf(stack).split("\n");
      assert.equal(first, `# yaml-language-server: $schema=${relative(root, configSchemaFile)}`);
      assert.ok(takes(parse(fileOf(stack))), JSON.stringify(takes.errors));
    });
  }

  for (const [what, change] of [
    ["a misspelt key", { "data-pipelines:source": [] }],
    ["a misspelt key of a source", { "data-pipelines:sources": [{ name: "a", keyField: "id" }] }],
    ["a number as text", { "data-pipelines:logRetentionDays": "seven" }],
    ["days that CloudWatch doesn't take", { "data-pipelines:logRetentionDays": 8 }],
    ["a table without a name", { "data-pipelines:snowflake": { database: "A", schema: "B", tables: [{}] } }],
    ["no region", { "aws:region": undefined }],
  ] as const) {
    it(`S1: by it ${what} is a mistake`, () => {
      const { config } = parse(fileOf("dev")) as { config: object };
      const changed = JSON.parse(JSON.stringify({ config: { ...config, ...change } }));
      assert.equal(takes(changed), false);
    });
  }

  it("S1: other providers' keys are theirs", () => {
    assert.ok(takes({ config: { "aws:region": "eu-west-1", "snowflake:user": "U", "aws:defaultTags": { tags: {} } } }));
  });
});
