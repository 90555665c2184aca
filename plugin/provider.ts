/**
 * The components for every Pulumi language: a provider that constructs them for programs in Python, Go, YAML, C# and
 * Java. Its schema is inferred from the components' interfaces beforehand (`npm run schema`), because inferring it takes
 * the TypeScript compiler many seconds, and each `pulumi up` starts the provider anew.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ConstructResult, Provider } from "@pulumi/pulumi/provider";
import * as components from "../index";

type Component = new (
  name: string,
  args: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

interface Schema {
  readonly version: string;
  readonly resources: Readonly<Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>>;
}

const schemaText = readFileSync(join(__dirname, "schema.json"), "utf8");
const schema = JSON.parse(schemaText) as Schema;

export class DataPipelinesProvider implements Provider {
  readonly version = schema.version;

  async getSchema(): Promise<string> {
    return schemaText;
  }

  /** @throws Error for a type that isn't in the schema, and what the component says of its arguments */
  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<ConstructResult> {
    const outputs = schema.resources[type]?.properties;
    const component = classOf(type);
    if (outputs === undefined || component === undefined) {
      throw new Error(`There is no component ${type}; there are ${Object.keys(schema.resources).join(", ")}`);
    }
    const made = new component(name, inputs, options);
    const state = Object.keys(outputs).map((output) => [output, Reflect.get(made, output)]);
    return { urn: made.urn, state: Object.fromEntries(state) };
  }
}

function classOf(type: string): Component | undefined {
  const exported: unknown = Reflect.get(components, type.split(":").pop() ?? "");
  const isComponent = typeof exported === "function" && exported.prototype instanceof pulumi.ComponentResource;
  return isComponent ? (exported as Component) : undefined;
}
