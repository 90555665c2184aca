/** Kafka topics by partition: what was produced, and what the function got of it. */
import type { KafkaReport } from "../report";
import { bar, legend } from "./bars";
import { grouped, html, type Markup, table, type Value } from "./markup";

export function partitionTables(reports: readonly KafkaReport[]): Markup {
  const topics = [...grouped(reports, ({ sink, topic }) => `${topic} → ${sink}`)];
  const head = ["partition", "state", "records", "produced", "delivered", "twice", "invocations", "results", "errors"];
  return html`${legend({ loaded: "delivered", rejected: "reported as an error", missing: "neither" })}${topics.map(
    ([name, of]) => html`<h3>${name}</h3>${table(`Partitions of ${name}`, head, rows(of))}`,
  )}`;
}

/** Bars as long as the partition's share of the fullest one: how evenly the keys fall shows, too. */
function rows(reports: readonly KafkaReport[]): Value[][] {
  const most = Math.max(1, ...reports.map(({ produced }) => produced));
  return [...reports]
    .sort((a, b) => a.partition - b.partition)
    .map((report) => {
      const { partition, produced, delivered, duplicates, invocations, results, errors } = report;
      const missing = produced - delivered - errors;
      const parts = [
        { kind: "loaded", count: delivered },
        { kind: "rejected", count: errors },
        { kind: "missing", count: missing },
      ];
      const numbers = [produced, delivered, duplicates, invocations, results, errors];
      return [partition, state(report, missing), bar(parts, most), ...numbers];
    });
}

function state({ stopped }: KafkaReport, missing: number): Markup {
  if (stopped) return html`<strong class="bad">✘ not all committed</strong>`;
  if (missing !== 0) return html`<strong class="bad">✘ ${missing} unaccounted for</strong>`;
  return html`<span class="good">✔ all committed</span>`;
}
