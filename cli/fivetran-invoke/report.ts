import type { ConnectorLog } from "../../functions/connector-kit/core";
import type { PlayResult, Progress } from "./play";

/** The progress line: one that is written over on a terminal, a line a request elsewhere. */
export function progressLine({ requests, rows, bytes, hasMore }: Progress): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  return `Request ${requests}: ${rows.toLocaleString("en-US")} rows, ${size}${hasMore ? ", more to come" : ", complete"}`;
}

/** A line per table. */
export function summaryLines({ tables, requests, bytes }: Omit<PlayResult, "state" | "store">): string[] {
  const header = ["table", "rows", "deleted", "upserts", "deletes"];
  const lines = tables.map(({ table, ...counts }) => [
    table,
    ...[counts.rows, counts.deleted, counts.upserts, counts.deletes].map((count) => count.toLocaleString("en-US")),
  ]);
  const all = [header, ...lines];
  const widths = header.map((_, column) => Math.max(...all.map((cells) => (cells[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0))).join("  ");
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [
    ...all.slice(0, 1).map(line),
    rule,
    ...all.slice(1).map(line),
    `${requests} requests, ${(bytes / 1e6).toFixed(1)} MB`,
  ];
}

/** Shows a connector's warnings and errors beside the progress. */
export function stderrLog(write: (line: string) => void): ConnectorLog {
  const line =
    (level: string): ConnectorLog["info"] =>
    (message, fields) =>
      write(`${level} ${message}${fields === undefined ? "" : ` ${JSON.stringify(brief(fields))}`}`);
  const quiet = () => undefined;
  return { debug: quiet, info: quiet, warn: line("WARN"), error: line("ERROR") };
}

/** Without the stacks: the message says where. */
function brief(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      const message = (value as { readonly message?: unknown } | null | undefined)?.message;
      return [key, typeof message === "string" ? message : value];
    }),
  );
}
