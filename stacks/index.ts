/** What `pulumi up` runs: the program of the stack, from its configuration. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig, withConfigErrors } from "./config";
import { ConfigError } from "./mistakes";
import { program } from "./program";

function outputs() {
  const stack = pulumi.getStack();
  const file = join(__dirname, "..", `Pulumi.${stack}.yaml`);
  const yaml = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  try {
    const config = parseConfig(stack, pulumi.runtime.allConfig(), yaml);
    return withConfigErrors(stack, config, yaml, () => program(config));
  } catch (error) {
    // Of a mistake in the configuration only its lines are shown, without a stack trace.
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

export = outputs();
