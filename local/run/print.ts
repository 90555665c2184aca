import type { FileReport, RunReport } from "./report";

/** Reasons of a file that are shown; `--report` has them all. */
const reasonsShown = 3;
const reasonLength = 160;

/** The run's counts as text tables, for a terminal. @param lines what the pipelines say below them */
export function formatReport(report: RunReport, lines: readonly string[]): string {
  const { files, tables, iam, update } = report;
  const totals = (["read", "loaded", "quarantined"] as const).map((member) =>
    number(files.reduce((sum, file) => sum + file[member], 0)),
  );
  const rows = [...files.map(fileRow), ["total", "", "", "", ...totals, ""]];
  const rejected = files.flatMap(reasonLines);
  const reasoned = iam?.unused.filter(({ reason }) => reason !== "").length ?? 0;
  return [
    table(["pipeline", "source", "file", "read as", "read", "loaded", "quarantined", "seconds"], rows, 4),
    "",
    ...(rejected.length > 0 ? ["Not loaded:", ...rejected, ""] : []),
    table(
      ["table", "rows"],
      tables.map(({ name, rows }) => [name, number(rows)]),
      1,
    ),
    "",
    ...lines,
    ...(iam
      ? [
          `IAM: ${number(iam.calls)} calls under roles, ${iam.denied.length} denied; ${iam.unused.length} granted ` +
            `actions not used, ${reasoned === iam.unused.length ? "each" : `${reasoned} of them`} with a reason`,
        ]
      : []),
    ...(update
      ? [
          `Update: ${update.created} resources created in ${update.seconds.toFixed(1)} s, ` +
            `${update.policyViolations} policy violations`,
        ]
      : []),
  ].join("\n");
}

function fileRow(report: FileReport): string[] {
  const { pipeline, source, file, detected, read, loaded, quarantined, refused, seconds } = report;
  const rejected = refused === undefined ? number(quarantined) : "refused";
  const time = seconds === null ? "–" : seconds.toFixed(1);
  return [pipeline, source, file, readAs(detected), number(read), number(loaded), rejected, time];
}

/** For example `csv, semicolon, utf-8, gzip`. */
export function readAs({ format, delimiter, encoding, compression }: FileReport["detected"] = {}): string {
  return [format, delimiter, encoding, compression === "none" ? undefined : compression]
    .filter((each) => each !== undefined)
    .join(", ");
}

/** The first reasons of a file, shortened to a line, then how many more there are. */
function reasonLines({ source, file, refused, reasons }: FileReport): string[] {
  if (refused !== undefined) return [`  ${source}, ${file}: refused whole: ${shortened(refused)}`];
  const shown = reasons.slice(0, reasonsShown).map(({ record, reason }) => {
    const place = record > 0 ? `, record ${number(record)}` : "";
    return `  ${source}, ${file}${place}: ${shortened(reason)}`;
  });
  const more = reasons.length - shown.length;
  return more > 0 ? [...shown, `  ${source}, ${file}: and ${number(more)} more; --report FILE has them all`] : shown;
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > reasonLength ? `${line.slice(0, reasonLength - 1)}…` : line;
}

/** Columns from `firstNumber` on are aligned to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], firstNumber: number): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i >= firstNumber ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

export function number(value: number): string {
  return value.toLocaleString("en-US");
}
