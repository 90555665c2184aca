/** Makes the report of a run from what was counted in the stores. */

import type { SampleFile } from "../samples/samples";
import { fileKey } from "./counts";
import type { FileReport, OrchestrationReport, RejectedRecord, TableReport } from "./report";
import type { Arrival, SnowflakeTable } from "./transfer";

export function fileReports(
  files: readonly SampleFile[],
  tables: readonly SnowflakeTable[],
  arrival: Arrival,
  quarantine: ReadonlyMap<string, readonly RejectedRecord[]>,
): FileReport[] {
  const fromSources = files
    .filter(({ target }) => target === "source")
    .map((file): FileReport => {
      const key = fileKey(file.source, file.name);
      const reasons = quarantine.get(key) ?? [];
      return {
        pipeline: "S3ToDynamoDb",
        source: file.source,
        file: file.name,
        read: file.records ?? arrival.read.get(key) ?? 0,
        loaded: arrival.items.get(key) ?? 0,
        quarantined: reasons.filter(({ record }) => record > 0).length,
        reasons,
        seconds: arrival.seconds.get(key) ?? Number.NaN,
      };
    });
  const isFed = ({ name, landingSource, isView }: SnowflakeTable): boolean =>
    files.some(({ source, target }) =>
      target === "snowflake" ? name.endsWith(`.${source}`) : isView || source === landingSource,
    );
  const fromTables = tables.filter(isFed).map((table): FileReport => {
    const name = table.name.split(".").at(-1) ?? table.name;
    const sent = files.filter((file) => file.target === "snowflake" && file.source === name);
    const landed = fromSources.filter(({ source }) => source === table.landingSource);
    const history = arrival.history.get(table.name) ?? [];
    return {
      pipeline: table.isView ? "table changes" : "SnowflakeLanding",
      source: name,
      file:
        sent.map((file) => file.name).join(", ") ||
        (table.isView ? "changes of the table" : `landing/${table.landingSource}/`),
      read: table.isView
        ? sum(arrival.items.values())
        : table.landingSource === undefined
          ? sum(sent.map(({ records = 0 }) => records))
          : sum(landed.map(({ loaded }) => loaded)),
      loaded: arrival.rows.get(table.name) ?? 0,
      quarantined: sum(history.map(({ errors }) => errors)),
      reasons: history
        .filter(({ firstError }) => firstError !== null && firstError !== undefined)
        .map(({ file, firstError }) => ({
          record: 0,
          reason: `${file}: ${firstError}`,
        })),
      seconds: arrival.seconds.get(table.name) ?? Number.NaN,
    };
  });
  return [...fromSources, ...fromTables];
}

export function tableReports(dynamoDbTable: string, arrival: Arrival): TableReport[] {
  return [
    { name: dynamoDbTable, rows: sum(arrival.items.values()) },
    ...[...arrival.rows].map(([name, rows]) => ({ name, rows })),
  ];
}

/** A line for each connection of the orchestration: rows of its source beside rows in Snowflake. */
export function connectionFiles(run: OrchestrationReport | undefined): FileReport[] {
  return (run?.connections ?? []).map(({ id, brought, seconds }) => ({
    ...{ pipeline: "orchestration", source: id, file: brought.table.split(".").slice(1).join(".") },
    ...{ read: brought.read, loaded: brought.rows, quarantined: 0, reasons: [], seconds },
  }));
}

export function connectionTableReports(run: OrchestrationReport | undefined): TableReport[] {
  return (run?.connections ?? []).map(({ brought }) => ({ name: brought.table, rows: brought.rows }));
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const each of numbers) total += each;
  return total;
}
