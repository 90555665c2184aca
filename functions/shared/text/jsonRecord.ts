import { RAW_BYTES, reservedProblem } from "./cut";

/** What a JSON text comes to as a record: its body (see Cut), or what is wrong with it. */
export function jsonRecord(
  text: string,
  reserved: readonly string[] = [],
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
  const taken = reserved.find((name) => Object.hasOwn(record, name));
  if (taken !== undefined) return bad(reservedProblem(taken), trimmed);
  // The text itself is kept, so numbers stay as they were written. Line breaks in it stand between tokens only:
  // within a string JSON.parse would have refused them.
  const line = trimmed.replaceAll(/[\r\n]\s*/g, "");
  const inner = line.slice(1);
  return { body: inner.trimStart().startsWith("}") ? "}" : `,${inner}` };
}

function bad(problem: string, raw: string): { readonly problem: string; readonly raw: string } {
  return { problem, raw: raw.slice(0, RAW_BYTES) };
}
