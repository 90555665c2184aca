/**
 * `npm run config:schema`: writes stacks/config.schema.json, with which editors complete and check a stack's file. Its
 * shape is that of stacks/schema.ts; what a key means stands in Pulumi.yaml and in the components' own docstrings.
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
  items?: Node;
  additionalProperties?: unknown;
}

interface Described {
  readonly description?: string;
  readonly $ref?: string;
  readonly items?: Described;
}

interface PluginSchema {
  readonly resources: Readonly<Record<string, { readonly inputProperties: Readonly<Record<string, Described>> }>>;
  readonly types: Readonly<Record<string, { readonly properties: Readonly<Record<string, Described>> }>>;
}

/** Whose arguments a key's value is. */
const components: Readonly<Record<string, string>> = {
  connectors: "FivetranConnector",
  orchestration: "FivetranDbtOrchestration",
  snowflake: "SnowflakeLanding",
  imports: "ExportDeltaImport",
  kafkaSinks: "KafkaLambdaSink",
};

export function configSchemaText(): string {
  const { properties = {} } = z.toJSONSchema(stackConfig, { io: "input" }) as Node;
  const plugin = JSON.parse(readFileSync(join(root, "plugin", "schema.json"), "utf8")) as PluginSchema;
  const program = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { description: string }>;
  };
  const own = Object.entries(properties).map(([key, node]) => {
    const component = components[key];
    const described = component && plugin.resources[`${namespace}:index:${component}`]?.inputProperties;
    if (described) describe(node.items ?? node, described, plugin);
    if (key === "sources") {
      describe(node.items ?? node, typeOf({ $ref: `#/types/${namespace}:index:S3SourceArgs` }, plugin), plugin);
    }
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

function describe(node: Node, described: Readonly<Record<string, Described>>, plugin: PluginSchema): void {
  for (const [key, property] of Object.entries(node.properties ?? {})) {
    const said = described[key];
    if (said === undefined) continue;
    if (said.description) property.description = said.description.replaceAll("\n", " ");
    describe(property.items ?? property, typeOf(said.items ?? said, plugin), plugin);
  }
}

function typeOf({ $ref = "" }: Described, plugin: PluginSchema): Readonly<Record<string, Described>> {
  return plugin.types[$ref.replace("#/types/", "")]?.properties ?? {};
}

if (require.main === module) {
  writeFileSync(configSchemaFile, configSchemaText());
  console.log("stacks/config.schema.json is written.");
}
