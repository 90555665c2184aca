import { FileRefused } from "./cut";

/** The header stands in each checkpoint, so its names are bounded, after naming and as JSON. */
export const MAX_HEADER_BYTES = 128 * 1024;

const SHOWN_COLUMNS = 20;

/**
 * Names of a file's columns: `column_3` where the third has none, and `name_2` for the second `name`. Names are trimmed.
 */
export function columnNames(header: readonly string[]): string[] {
  const names = header.map((name, index) => name.trim() || `column_${index + 1}`);
  const taken = new Set(names);
  const nextNumber = new Map<string, number>();
  return names.map((name) => {
    const next = nextNumber.get(name);
    if (next === undefined) {
      nextNumber.set(name, 2);
      return name;
    }
    let number = next;
    while (taken.has(`${name}_${number}`)) number++;
    nextNumber.set(name, number + 1);
    const renamed = `${name}_${number}`;
    taken.add(renamed);
    return renamed;
  });
}

/** @throws FileRefused when the names are too long together, or one is missing. */
export function checkHeader(columns: readonly string[], required: readonly string[]): void {
  const bytes = Buffer.byteLength(JSON.stringify(columns));
  if (bytes > MAX_HEADER_BYTES) {
    throw new FileRefused(
      `The names of the header's ${columns.length} columns have ${bytes} bytes, ${MAX_HEADER_BYTES} are allowed. Shorten or split it.`,
    );
  }
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) {
    const names = columns.slice(0, SHOWN_COLUMNS).map((name) => JSON.stringify(name));
    if (columns.length > SHOWN_COLUMNS) names.push(`${columns.length - SHOWN_COLUMNS} more`);
    throw new FileRefused(
      `The header has no ${missing.map((name) => JSON.stringify(name)).join(", ")}, which the key needs; it has ${names.join(", ")}. ` +
        "Fix: name the key fields as the file does, or upload a file with these columns.",
    );
  }
}
