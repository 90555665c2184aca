/** What `pulumi up` runs: the program of the stack, from its configuration. */
import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "./config";
import { ConfigError } from "./configError";
import { program } from "./program";

function outputs() {
  try {
    return program(parseConfig(pulumi.getStack(), pulumi.runtime.allConfig()));
  } catch (error) {
    // A mistake in the configuration is told by its lines alone, without a stack trace.
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

export = outputs();
