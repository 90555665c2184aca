/** Reads IAM policy documents into one shape, whatever short forms they were written in. Never throws. */
import type { Conditions } from "./conditions";
import { Reader } from "./documentReader";
import { memo } from "./memo";

export interface PolicyDocument {
  /** `undefined` when it isn't given, which IAM reads as the old 2008-10-17. */
  readonly version: string | undefined;
  readonly statements: readonly Statement[];
  /** What makes IAM refuse the document, or read it otherwise than was meant (rule P25). */
  readonly problems: readonly Problem[];
  /** Members whose value only the update knows: `document`, or `Statement[0].Resource`. */
  readonly unknown: readonly string[];
  /** Characters without white space, as IAM counts them, of what is known. */
  readonly size: number;
}

export interface Problem {
  /** What a message calls the statement; undefined: the document as a whole. */
  readonly statement?: string;
  readonly message: string;
  readonly fix: string;
}

export type Member = "Action" | "NotAction" | "Resource" | "NotResource" | "Principal" | "NotPrincipal" | "Condition";

export interface Statement {
  /** The Sid, else `#<index>`: what a message calls the statement. */
  readonly label: string;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** Lists by kind (AWS, Service, Federated, CanonicalUser); `"*"` is `{ AWS: ["*"] }`; undefined: none given. */
  readonly principals: Principals | undefined;
  readonly notPrincipals: Principals | undefined;
  readonly conditions: Conditions;
  /** Members that it has, also where they are empty or unknown. */
  readonly given: ReadonlySet<Member>;
  /** Members that hold a value which only the update knows; what is known of them stands in the lists above. */
  readonly unknown: ReadonlySet<Member>;
}

export type Principals = Readonly<Record<string, readonly string[]>>;

/** What KMS takes in a key policy; every other service takes less. */
const mostCharacters = 32_768;

/** @param source JSON text or an object; `unknown` (see ./unknown) in place of any value that isn't known yet */
export function readDocument(source: unknown): PolicyDocument {
  if (typeof source !== "string") return new Reader().document(source, sizeOf(JSON.stringify(source) ?? ""));
  return parsed(source);
}

/** By its text, so that every rule reads the same document. */
const parsed = memo((text: string): PolicyDocument => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = `the document is not JSON: ${error instanceof Error ? error.message : String(error)}`;
    const fix = "write it with JSON.stringify or aws.iam.getPolicyDocument";
    return { version: undefined, statements: [], problems: [{ message, fix }], unknown: [], size: sizeOf(text) };
  }
  const size = sizeOf(text);
  const document = new Reader().document(value, size);
  if (size <= mostCharacters) return document;
  const message = `it has ${size} characters, more than AWS takes in any policy (${mostCharacters})`;
  return { ...document, problems: [{ message, fix: "split it, or name fewer resources" }, ...document.problems] };
}, 5_000);

function sizeOf(text: string): number {
  return text.replace(/\s+/g, "").length;
}
