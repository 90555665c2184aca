const NEEDS_ESCAPE = /["\\\p{Cc}\u2028\u2029]/u;

/**
 * A line of a part: the values by the columns' numbers, all of them as text. NULL is a member that isn't there, which
 * Athena's reader and DuckDB's take as NULL, while an empty text is one.
 */
export function partLine(values: readonly (string | undefined)[]): string {
  let line = "";
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (value === undefined) continue;
    line += `${line === "" ? "{" : ","}"c${index + 1}":${NEEDS_ESCAPE.test(value) ? JSON.stringify(value) : `"${value}"`}`;
  }
  return line === "" ? "{}\n" : `${line}}\n`;
}
