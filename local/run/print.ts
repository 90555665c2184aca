import type { ConnectorReport, OrchestrationReport, RunReport } from "./report";

/** The run's counts as text tables, for a terminal. */
export function formatReport(report: RunReport): string {
  const files = report.files.map((f) => [
    f.pipeline,
    f.source,
    f.file,
    number(f.read),
    number(f.loaded),
    number(f.quarantined),
    f.seconds.toFixed(1),
  ]);
  const total = report.files.reduce(
    (sum, f) => ({
      read: sum.read + f.read,
      loaded: sum.loaded + f.loaded,
      quarantined: sum.quarantined + f.quarantined,
    }),
    { read: 0, loaded: 0, quarantined: 0 },
  );
  files.push(["total", "", "", number(total.read), number(total.loaded), number(total.quarantined), ""]);
  const reasoned = report.iam.unused.filter(({ reason }) => reason !== "").length;
  return [
    table(["pipeline", "source", "file", "read", "loaded", "quarantined", "seconds"], files, 3),
    "",
    table(
      ["table", "rows"],
      report.tables.map(({ name, rows }) => [name, number(rows)]),
      1,
    ),
    "",
    ...(report.orchestration ? [modelTable(report.orchestration), ""] : []),
    ...report.connectors.map(connectorLine),
    ...(report.orchestration ? [orchestrationLine(report.orchestration)] : []),
    `IAM: ${number(report.iam.calls)} calls under roles, ${report.iam.denied.length} denied; ` +
      `${report.iam.unused.length} granted actions not used, ${reasoned === report.iam.unused.length ? "each" : `${reasoned} of them`} with a reason`,
    `Update: ${report.update.created} resources created in ${report.update.seconds.toFixed(1)} s, ` +
      `${report.update.policyViolations} policy violations`,
  ].join("\n");
}

function connectorLine(connector: ConnectorReport): string {
  const { name, method, requests, upserts, deletes, throttled, failed, tokensExpired } = connector;
  return (
    `Fivetran connector ${name}, sync method ${method}: ${number(upserts)} upserts and ${number(deletes)} deletes in ` +
    `${requests} calls, despite ${throttled} answers 429, ${failed} answers 503 and ${tokensExpired} expired tokens; ` +
    `a wrong External ID was ${connector.wrongExternalIdRefused ? "refused" : "TAKEN"}`
  );
}

function modelTable({ models, connections }: OrchestrationReport): string {
  const rows = models.map(({ name, connection, rows, counted }) => {
    const { table: from, rows: all } = connections.find(({ id }) => id === connection)?.brought ?? {
      table: "",
      rows: 0,
    };
    return [name, from, number(rows), `${number(counted)} of ${number(all)}`];
  });
  return table(["dbt model", "made of", "rows", "source rows counted"], rows, 2);
}

function orchestrationLine(run: OrchestrationReport): string {
  const { status, seconds, connections, synced, dbtNodes, artifacts } = run;
  const putOff = connections.reduce((sum, { rescheduled }) => sum + rescheduled, 0);
  const nodes = Object.entries(dbtNodes).map(([outcome, count]) => `${count} ${outcome}`);
  return (
    `Orchestration: ${status} in ${seconds.toFixed(1)} s; ${synced} of ${connections.length} connections synced, ` +
    `${putOff} sync${putOff === 1 ? "" : "s"} put off and done later; dbt: ${nodes.join(", ") || "no results"}; ` +
    `${artifacts.length} artifacts`
  );
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

function number(value: number): string {
  return value.toLocaleString("en-US");
}
