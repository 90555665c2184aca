/** Reads a stack's configuration and says everything that is wrong with it at once. */
import type { z } from "zod";
import { ConfigError } from "./configError";
import { overlaps } from "./overlaps";
import { type StackConfig, stackConfig } from "./schema";

const namespace = "data-pipelines";
/**
 * @param all every configuration value of the stack by its full key, as `pulumi.runtime.allConfig()` gives them
 * @throws ConfigError with one line for each mistake, naming the key
 */
export function parseConfig(stack: string, all: Readonly<Record<string, string>>): StackConfig {
  const lines: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(all)) {
    if (!key.startsWith(`${namespace}:`)) continue;
    const name = key.slice(namespace.length + 1);
    const value = parseValue(name, text);
    if (!isEmpty(value)) values[name] = value;
  }
  if (!all["aws:region"]) lines.push("aws:region: required; set it with `pulumi config set aws:region us-east-1`");
  const parsed = stackConfig.safeParse(values, { reportInput: true });
  if (!parsed.success) {
    lines.push(...parsed.error.issues.flatMap(linesOf));
    throw new ConfigError(stack, lines);
  }
  lines.push(...overlaps(parsed.data).map((line) => `${namespace}:${line}`));
  if (lines.length > 0) throw new ConfigError(stack, lines);
  return parsed.data;
}

const structured = ["sources", "connectors", "orchestration", "snowflake", "allowDestroy", "logRetentionDays"];

/** Pulumi hands structured values over as JSON, everything else as text. */
function parseValue(name: string, text: string): unknown {
  if (!structured.includes(name)) return text;
  try {
    return JSON.parse(text);
  } catch {
    // The schema then names the key and says which type it wants.
    return text;
  }
}

/** The defaults of Pulumi.yaml for keys that a stack leaves out. */
function isEmpty(value: unknown): boolean {
  return value === "" || (typeof value === "object" && value !== null && Object.keys(value).length === 0);
}

function linesOf(issue: z.core.$ZodIssue): string[] {
  const path = `${namespace}:${formatPath(issue.path)}`;
  if (issue.code === "unrecognized_keys") {
    const separator = issue.path.length === 0 ? "" : ".";
    return issue.keys.map((key) => `${path}${separator}${key}: unknown key; look for a misspelling`);
  }
  const got = issue.input === undefined ? "is required" : `is ${JSON.stringify(issue.input)}`;
  return [`${path}: ${got}${issue.input === undefined ? "" : `; ${issue.message}`}`];
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === "number" ? `[${part}]` : `${i === 0 ? "" : "."}${String(part)}`))
    .join("");
}
