/** Mistakes that only show when several keys are looked at together. */
import type { StackConfig } from "./schema";

/** One line a mistake, beginning with the key (without the namespace). */
export function overlaps({ sources, connectors, orchestration, snowflake }: StackConfig): string[] {
  const lines: string[] = [];
  const firstByName = new Map<string, number>();
  sources.forEach((source, i) => {
    const first = firstByName.get(source.name);
    if (first !== undefined)
      lines.push(`sources[${i}].name: ${JSON.stringify(source.name)} is also sources[${first}]'s`);
    else firstByName.set(source.name, i);
    if (source.accountId && !source.bucketName) {
      lines.push(`sources[${i}].bucketName: required with accountId; name the bucket of account ${source.accountId}`);
    }
    sources.slice(0, i).forEach((other, j) => {
      if (!source.bucketName || other.bucketName !== source.bucketName) return;
      const [a, b] = [source.prefix ?? "", other.prefix ?? ""];
      const [x, y] = [source.suffix ?? "", other.suffix ?? ""];
      if ((a.startsWith(b) || b.startsWith(a)) && (x.endsWith(y) || y.endsWith(x))) {
        lines.push(
          `sources[${i}].prefix: ${JSON.stringify(a)} overlaps ${JSON.stringify(b)} of sources[${j}] in ${source.bucketName}`,
        );
      }
    });
  });
  if (orchestration && (orchestration.dbt.projectFolder === undefined) === (orchestration.dbt.image === undefined)) {
    lines.push("orchestration.dbt: needs either projectFolder or image");
  }
  connectors.forEach(({ name, syncMethod, bucketPrefix }, i) => {
    const first = connectors.findIndex((other) => other.name === name);
    if (first < i) lines.push(`connectors[${i}].name: ${JSON.stringify(name)} is also connectors[${first}]'s`);
    if (bucketPrefix !== undefined && syncMethod !== "s3") {
      lines.push(`connectors[${i}].bucketPrefix: only syncMethod "s3" has a bucket; leave it out`);
    }
  });
  const firstTable = new Map<string, number>();
  (snowflake?.tables ?? []).forEach((table, i) => {
    const key = `snowflake.tables[${i}]`;
    const first = firstTable.get(table.name);
    if (first !== undefined)
      lines.push(`${key}.name: ${JSON.stringify(table.name)} is also snowflake.tables[${first}]'s`);
    else firstTable.set(table.name, i);
    if ((table.prefix === undefined) === (table.landingSource === undefined)) {
      lines.push(`${key}: needs either prefix or landingSource`);
    }
    if (table.landingSource !== undefined && !firstByName.has(table.landingSource)) {
      lines.push(`${key}.landingSource: ${JSON.stringify(table.landingSource)} is not among sources`);
    }
    const needsColumns = table.prefix !== undefined && ["csv", "tsv", "psv"].includes(table.format ?? "csv");
    if (needsColumns && !table.columns && !table.sampleFile) {
      lines.push(`${key}: needs columns or sampleFile, which say what the table's columns are`);
    }
  });
  if (snowflake?.changesView && sources.length === 0) {
    lines.push("snowflake.changesView: there is no DynamoDB table without sources; add a source or leave it out");
  }
  return lines;
}
