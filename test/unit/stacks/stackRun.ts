/** The program of a stack, run against mocks with the stack's own configuration file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { parseConfig } from "../../../stacks/config";
import { program } from "../../../stacks/program";
import { runMocked } from "../mocks";

export const stacks = ["local", "dev", "staging", "prod"] as const;

const root = join(__dirname, "../../..");

/** The configuration file of a stack as Pulumi hands it over: structured values as JSON. */
function settings(stack: string, edit: (text: string) => string): Record<string, string> {
  const text = edit(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8"));
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** @param edit changes the text of the configuration file first */
export function runStack(stack: string, preview = false, edit = (text: string): string => text) {
  const all = settings(stack, edit);
  pulumi.runtime.setAllConfig(all);
  return runMocked(() => program(parseConfig(stack, all)), { stack, preview });
}
