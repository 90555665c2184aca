/** Reads a stack's configuration and says everything that is wrong with it at once. */
import type { z } from "zod";
import { ArgumentError, show } from "../components/parts/arguments";
import { nearest } from "../functions/shared/nearest";
import { ConfigError, type Mistake, namespace, type Path } from "./mistakes";
import { overlaps } from "./overlaps";
import { keysAt, type StackConfig, stackConfig, structuredKeys } from "./schema";

/**
 * @param all every configuration value of the stack by its full key, as `pulumi.runtime.allConfig()` gives them
 * @param yaml text of the stack's configuration file, so that mistakes come with their line. @default none
 * @throws ConfigError with one line for each mistake, naming the key
 */
export function parseConfig(stack: string, all: Readonly<Record<string, string>>, yaml?: string): StackConfig {
  const mistakes: Mistake[] = misspeltNamespaces(all);
  const values: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(all)) {
    if (!key.startsWith(`${namespace}:`)) continue;
    const name = key.slice(namespace.length + 1);
    const value = parseValue(name, text);
    if (!isEmpty(value)) values[name] = value;
  }
  if (!all["aws:region"]) {
    mistakes.push({
      path: [],
      foreignKey: "aws:region",
      text: "required; set it with `pulumi config set aws:region us-east-1`",
    });
  }
  const parsed = stackConfig.safeParse(values, { reportInput: true });
  mistakes.push(...(parsed.success ? overlaps(parsed.data) : parsed.error.issues.flatMap(mistakesOf)));
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(stack, mistakes, values, yaml);
  return parsed.data;
}

/**
 * Runs the program of a stack; a component's complaint about an argument names the configuration key that the
 * argument came from.
 *
 * @throws ConfigError
 */
export function withConfigErrors<T>(stack: string, config: StackConfig, yaml: string | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    const path = configPath(error, config);
    if (path === undefined) throw error;
    const text = `is ${show(error.value)}. ${error.fix}`;
    throw new ConfigError(stack, [{ path, text }], config, yaml);
  }
}

/** The components' names are those that the stack's program gives them. */
function configPath({ owner, path }: ArgumentError, config: StackConfig): Path | undefined {
  const [, name = ""] = /"(.*)"/.exec(owner) ?? [];
  const parts = [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([text, index]) =>
    index === undefined ? text : Number(index),
  );
  if (name === "ingest") return parts;
  if (name === "orchestration" || name === "imports") return [name, ...parts];
  const connector = config.connectors.findIndex((each) => name === `connector-${each.name}`);
  if (connector >= 0) return ["connectors", connector, ...parts];
  const sink = config.kafkaSinks.findIndex((each) => name === `kafka-${each.name}`);
  if (sink >= 0) return ["kafkaSinks", sink, ...parts];
  if (name !== "files" && name !== "landing") return undefined;
  const [list, index, ...rest] = parts;
  if (list !== "tables" || typeof index !== "number") return ["snowflake", ...parts];
  // Each landing is given its own tables alone.
  const own = (config.snowflake?.tables ?? []).flatMap((table, i) =>
    (table.landingSource === undefined) === (name === "files") ? [i] : [],
  );
  return ["snowflake", "tables", own[index] ?? index, ...rest];
}

/** Pulumi ignores what no program asks for, so a misspelt prefix would be a silent default. */
function misspeltNamespaces(all: Readonly<Record<string, string>>): Mistake[] {
  return Object.keys(all).flatMap((key) => {
    const [prefix = "", ...rest] = key.split(":");
    if (prefix === namespace || nearest(prefix, [namespace]) === undefined) return [];
    return [{ path: [], foreignKey: key, text: `unknown prefix; did you mean ${namespace}:${rest.join(":")}?` }];
  });
}

/** Pulumi hands structured values over as JSON, everything else as text. */
function parseValue(name: string, text: string): unknown {
  if (!structuredKeys.includes(name)) return text;
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

function mistakesOf(issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(path);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant === undefined ? `known: ${known.join(", ")}` : `did you mean ${meant}?`;
      return { path: [...path, key], text: `unknown key; ${hint}` };
    });
  }
  if (issue.input === undefined) return [{ path, text: "is required" }];
  return [{ path, text: `is ${JSON.stringify(issue.input)}; ${issue.message}` }];
}
