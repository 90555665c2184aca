import * as pulumi from "@pulumi/pulumi";
import { nearest } from "../../functions/shared/nearest";

/** A mistake in a component's arguments. Pulumi prints it without a stack trace: the message says all there is to say. */
export class ArgumentError extends pulumi.RunError {
  /**
   * @param owner the component, for example `S3ToDynamoDb "ingest"`
   * @param path where the mistake is, for example `sources[2].prefix`
   * @param value what stands there
   * @param fix what is wrong with it and what to do, one or two sentences
   */
  constructor(
    readonly owner: string,
    readonly path: string,
    readonly value: unknown,
    readonly fix: string,
  ) {
    super(`${owner}: ${path} is ${show(value)}. ${fix}`);
  }
}

/** Long values are shortened, so that the fix stays on the screen. */
export function show(value: unknown): string {
  if (value === undefined) return "not set";
  if (pulumi.Output.isInstance(value)) return "an output";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Every name of an args interface: one that is forgotten here doesn't compile. */
export type ArgumentNames<T> = Readonly<Record<keyof T, true>>;

/** Checks arguments of one owner; each method throws an {@link ArgumentError}. */
export class ArgumentCheck {
  constructor(readonly owner: string) {}

  fail(path: string, value: unknown, fix: string): never {
    throw new ArgumentError(this.owner, path, value, fix);
  }

  /** A misspelt argument would otherwise be a silent default. */
  knownKeys<T extends object>(path: string, value: T, names: ArgumentNames<T>): void {
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(names, key)) continue;
      const known = Object.keys(names);
      const meant = nearest(key, known);
      this.fail(
        path === "" ? key : `${path}.${key}`,
        Reflect.get(value, key),
        `Not known here; ${meant === undefined ? `known: ${known.join(", ")}.` : `did you mean ${meant}?`}`,
      );
    }
  }

  integer(path: string, value: number, min: number, max: number, unit = ""): void {
    if (!Number.isInteger(value) || value < min || value > max) {
      this.fail(path, value, `Give a whole number from ${min} to ${max}${unit === "" ? "" : ` ${unit}`}.`);
    }
  }

  oneOf(path: string, value: string, allowed: readonly string[]): void {
    if (!allowed.includes(value)) this.fail(path, value, `Give one of ${allowed.map((a) => `"${a}"`).join(", ")}.`);
  }

  matches(path: string, value: string, pattern: RegExp, fix: string): void {
    if (typeof value !== "string" || !pattern.test(value)) this.fail(path, value, fix);
  }

  /** `arn:<partition>:<service>:…`; only AWS can check outputs. */
  arn(path: string, value: pulumi.Input<string>, service: string): void {
    if (typeof value === "string" && !new RegExp(`^arn:aws[a-z-]*:${service}:`).test(value)) {
      this.fail(path, value, `Give an ARN that begins with "arn:aws:${service}:".`);
    }
  }
}
