/** Reads IAM policy documents into one shape, whatever short forms they were written in. Never throws. */
import type { PolicyDocument } from "../model/document";
import { memo } from "../model/memo";
import { duplicateKeys } from "./duplicateKeys";
import { Reader } from "./reader";

/** What KMS takes in a key policy; every other service takes less. */
export const mostCharacters = 32_768;

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
  if (size > mostCharacters) {
    // Nothing that AWS would take; so what is in it isn't worth the time.
    const message = `it has ${size} characters, more than AWS takes in any policy (${mostCharacters})`;
    const problems = [{ message, fix: "split it, or name fewer resources" }];
    return { version: undefined, statements: [], problems, unknown: [], size };
  }
  const document = new Reader().document(value, size);
  const twice = duplicateKeys(text).map((path) => ({
    message: `the key ${path} stands there twice, of which only the last one counts`,
    fix: "write it once, with a list of values or in a statement of its own",
  }));
  return { ...document, problems: [...twice, ...document.problems] };
}, 5_000);

function sizeOf(text: string): number {
  return text.replace(/\s+/g, "").length;
}
