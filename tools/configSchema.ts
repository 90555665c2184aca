/**
 * `npm run config:schema`: writes stacks/config.schema.json, with which editors complete and check a stack's file. Its
 * shape is that of stacks/schema.ts; what the stack's own keys mean stands in Pulumi.yaml.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { namespace } from "../stacks/mistakes";
import { stackConfig } from "../stacks/schema";

const root = join(__dirname, "..");
export const configSchemaFile = join(root, "stacks", "config.schema.json");

interface Node {
  description?: string;
  properties?: Record<string, Node>;
}

export function configSchemaText(): string {
  const { properties = {} } = z.toJSONSchema(stackConfig, { io: "input" }) as Node;
  const program = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { description: string }>;
  };
  const own = Object.entries(properties).map(([key, node]) => {
    const full = `${namespace}:${key}`;
    return [full, { ...node, description: program.config[full]?.description }] as const;
  });
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of a stack, Pulumi.<stack>.yaml",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "aws:region": { type: "string", description: "Where everything is made, for example eu-central-1." },
          ...Object.fromEntries(own),
        },
        required: ["aws:region"],
        // Other providers have keys of their own.
        patternProperties: { [`^(?!${namespace}:)`]: {} },
        additionalProperties: false,
      },
    },
    required: ["config"],
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (require.main === module) {
  writeFileSync(configSchemaFile, configSchemaText());
  console.log("stacks/config.schema.json is written.");
}
