/** What the commands have in common: flags, the outputs of a stack, and an exit code that tells the truth. */
import { readFileSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";

/** A mistake in the command line; the message says which and what to give. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

type Flags = NonNullable<ParseArgsConfig["options"]>;

/** Flags with a text each, for the table that `parseFlags` takes. */
export function textFlags<const N extends string>(...names: readonly N[]) {
  return Object.fromEntries(names.map((name) => [name, { type: "string" }])) as Record<N, { type: "string" }>;
}

/** Flags that are there or not. */
export function switches<const N extends string>(...names: readonly N[]) {
  return Object.fromEntries(names.map((name) => [name, { type: "boolean" }])) as Record<N, { type: "boolean" }>;
}

/** @throws UsageError for a flag that isn't there, or has no value */
export function parseFlags<F extends Flags>(args: readonly string[], options: F) {
  try {
    return parseArgs<{ args: string[]; options: F }>({ args: [...args], options }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

/** What every command knows that reads a stack's outputs. */
export const outputsFlags = { ...textFlags("outputs", "component"), ...switches("help") };

export interface OutputsFlags {
  /** File with what `pulumi stack output --json` prints. */
  readonly outputs?: string;
  /** Output that holds the component's own outputs; one inside another by a path, for example `snowflake.landing`. */
  readonly component?: string;
}

/** A stack's outputs, for what isn't given as a flag. */
export class StackOutputs {
  private readonly values: Readonly<Record<string, unknown>>;
  private readonly file: string | undefined;

  /** @throws UsageError when there is a file that can't be used */
  constructor({ outputs, component }: OutputsFlags, readFile = readText) {
    this.file = outputs;
    this.values = outputs === undefined ? {} : readOutputs(outputs, component, readFile);
  }

  get(name: string): unknown {
    return this.values[name];
  }

  /**
   * What the flag says, else the output.
   * @throws UsageError when neither is there
   */
  need(flag: string, given: string | undefined, output: unknown): string {
    if (given) return given;
    if (typeof output === "string" && output !== "") return output;
    const elsewhere = this.file === undefined ? ": give it, or --outputs" : ` and not in ${this.file} either`;
    throw new UsageError(`--${flag} is missing${elsewhere}`);
  }
}

/** A command as `cli/index.ts` runs it, or a module of its own. */
export interface Command {
  /** @returns the exit code. @throws UsageError when the arguments are wrong */
  run(args: readonly string[]): Promise<number>;
}

/** How users of the package call its commands. */
export const PROGRAM = "pulumi-data-pipelines";

/**
 * Runs a command: its exit code is the command's, 1 after an error and 2 when the arguments are wrong.
 * @param help the command that tells how to use it
 */
export function runCommand(help: string, main: () => Promise<number>): void {
  main().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const isUsage = error instanceof UsageError;
      if (isUsage) console.error(`${error.message}.\nSee ${help} --help`);
      else console.error(error instanceof Error ? `${error.name}: ${error.message}` : error);
      process.exitCode = isUsage ? 2 : 1;
    },
  );
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

function readOutputs(file: string, component: string | undefined, readFile: (path: string) => string) {
  let outputs: unknown;
  try {
    outputs = JSON.parse(readFile(file));
  } catch (cause) {
    throw new UsageError(`--outputs ${file}: ${(cause as Error).message}`, { cause });
  }
  const path = component === undefined ? [] : component.split(".");
  const chosen = path.reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], outputs);
  if (typeof chosen !== "object" || chosen === null) {
    throw new UsageError(
      component ? `--component ${component} isn't an object in ${file}` : `--outputs ${file} isn't a JSON object`,
    );
  }
  return chosen as Record<string, unknown>;
}
