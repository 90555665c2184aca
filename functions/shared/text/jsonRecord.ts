import type { LandingMeta } from "../../s3-to-dynamodb/shared/contract";
import { RAW_BYTES } from "./cut";

const META: Readonly<Record<keyof LandingMeta, true>> = {
  _source: true,
  _bucket: true,
  _key: true,
  _version: true,
  _time: true,
  _upload: true,
  _record: true,
};
const META_NAMES = Object.keys(META);

/** The record's field that has a name of our own fields, if there is one. */
export function reservedName(has: (name: string) => boolean): string | undefined {
  return META_NAMES.find(has);
}

export function reservedProblem(name: string): string {
  return `has a field ${name}, a name that the pipeline's own fields have; rename it in the source`;
}

/** What a JSON text comes to as a record: its body (see Cut), or what is wrong with it. */
export function jsonRecord(
  text: string,
): { readonly body: string } | { readonly problem: string; readonly raw: string } {
  const trimmed = text.trim();
  if (trimmed === "") return bad("empty element: a comma too many", trimmed);
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    return bad(`not valid JSON: ${(error as Error).message}`, trimmed);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = Array.isArray(value) ? "an array" : value === null ? "null" : `a ${typeof value}`;
    return bad(`not a JSON object but ${kind}`, trimmed);
  }
  const record = value as Readonly<Record<string, unknown>>;
  const reserved = reservedName((name) => Object.hasOwn(record, name));
  if (reserved !== undefined) return bad(reservedProblem(reserved), trimmed);
  // The text itself is kept, so numbers stay as they were written. Line breaks in it stand between tokens only:
  // within a string JSON.parse would have refused them.
  const line = /[\r\n]/.test(trimmed) ? trimmed.replace(/\s*[\r\n]\s*/g, "") : trimmed;
  const inner = line.slice(1);
  return { body: inner.trimStart().startsWith("}") ? "}" : `,${inner}` };
}

function bad(problem: string, raw: string): { readonly problem: string; readonly raw: string } {
  return { problem, raw: raw.slice(0, RAW_BYTES) };
}
