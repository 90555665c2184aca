/** What START_ON says when no connection starts executions; Lambda's variables are never empty here. */
export const NOTHING_STARTS = "none";

/** START_ON's text for these connections. */
export function startOnText(connectionIds: readonly string[]): string {
  return connectionIds.length === 0 ? NOTHING_STARTS : connectionIds.join(",");
}

export function parseStartOn(text: string): ReadonlySet<string> {
  if (text === NOTHING_STARTS) return new Set();
  return new Set(
    text
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== ""),
  );
}
