/** A record that can't become an item. The message says why and what to mend; it goes into the quarantine. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/** Shortens a value for a message. */
export function show(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
