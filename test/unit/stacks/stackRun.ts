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
function settings(stack: string): Record<string, string> {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

export function runStack(stack: string, preview = false) {
  const all = settings(stack);
  pulumi.runtime.setAllConfig(all);
  return runMocked(() => program(parseConfig(stack, all)), { stack, preview });
}
