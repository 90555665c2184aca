/** What single pipelines tell: Fivetran's connectors, the orchestration's connections and models. */
import type { ConnectorReport, OrchestrationReport } from "../report";
import { html, type Markup, table } from "./markup";

export function connectorTable(connectors: readonly ConnectorReport[]): Markup {
  const rows = connectors.map((each) => [
    each.name,
    each.method,
    each.requests,
    each.upserts,
    each.deletes,
    each.throttled,
    each.failed,
    each.tokensExpired,
    each.wrongExternalIdRefused
      ? html`<span class="good">✔ refused</span>`
      : html`<strong class="bad">✘ taken</strong>`,
  ]);
  const head = [
    "connector",
    "sync method",
    "calls",
    "upserts",
    "deletes",
    "answers 429",
    "answers 503",
    "expired tokens",
  ];
  return table("Fivetran connectors", [...head, "wrong External ID"], rows);
}

export function orchestrationTables(run: OrchestrationReport): Markup {
  const { status, cause, seconds, connections, synced, dbtNodes, models, tokensLeft } = run;
  const good = status === "SUCCEEDED";
  const nodes = Object.entries(dbtNodes).map(([outcome, count]) => `${count} ${outcome}`);
  return html`<p><strong class="${good ? "good" : "bad"}">${good ? "✔" : "✘"} ${status}</strong> in ${seconds.toFixed(1)} s;
${synced} of ${connections.length} connections synced; dbt: ${nodes.join(", ") || "no results"}; ${tokensLeft} task tokens left.</p>
${cause === "" ? "" : html`<p class="bad">${cause}</p>`}
${table(
  "Connections",
  ["connection", "table", "read", "rows", "syncs", "webhooks heard", "put off", "seconds"],
  connections.map(({ id, brought, syncs, heard, rescheduled, seconds: took }) => [
    id,
    brought.table,
    brought.read,
    brought.rows,
    syncs,
    heard,
    rescheduled,
    took === null ? html`<strong class="bad">✘ not synced</strong>` : took.toFixed(1),
  ]),
)}
${models.length === 0 ? "" : modelTable(run)}`;
}

function modelTable({ models, connections }: OrchestrationReport): Markup {
  const rows = models.map(({ name, connection, rows: count, counted }) => {
    const brought = connections.find(({ id }) => id === connection)?.brought;
    const isWhole = brought?.rows === counted;
    const share = `${counted.toLocaleString("en-US")} of ${(brought?.rows ?? 0).toLocaleString("en-US")}`;
    return [
      name,
      count,
      html`<span class="${isWhole ? "good" : "bad"}">${isWhole ? "✔" : "✘"} ${share}</span>`,
      brought?.table,
    ];
  });
  return table("dbt models", ["dbt model", "rows", "source rows counted", "made of"], rows);
}
