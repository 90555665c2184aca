/** `npm run schema`: infers the schema of the components for other languages, and writes plugin/schema.json. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type AnalyzeResult, Analyzer } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import { packageName } from "../components/parts/component";
import * as exported from "../index";

const root = join(__dirname, "..");
export const schemaFile = join(root, "plugin", "schema.json");

/** The names of all components that the package exports. */
export const componentNames: readonly string[] = Object.entries(exported)
  .filter(([, value]) => typeof value === "function" && value.prototype instanceof pulumi.ComponentResource)
  .map(([name]) => name)
  .sort();

/** What Pulumi's own analyzer finds in the components' classes and interfaces. Takes many seconds. */
export function analyzed(): AnalyzeResult {
  // The analyzer begins at `main`, which in this repository is the plugin.
  return new Analyzer(root, packageName, { ...manifest(), main: "index.ts" }, new Set(componentNames)).analyze();
}

export function schemaText({ components, typeDefinitions, dependencies }: AnalyzeResult): string {
  const { version = "", description = "" } = manifest();
  const schema = generateSchema(packageName, version, description, components, typeDefinitions, dependencies);
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function manifest(): { version?: string; description?: string } {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
}

if (require.main === module) {
  writeFileSync(schemaFile, schemaText(analyzed()));
  console.log("plugin/schema.json is written.");
}
