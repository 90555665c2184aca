/** Mistakes that no component can see, because they span several. */
import type { Mistake, Path } from "./mistakes";
import type { StackConfig } from "./schema";

export function overlaps(config: StackConfig): Mistake[] {
  const { sources, connectors, kafkaSinks, snowflake } = config;
  const mistakes = [...sameNames(["connectors"], connectors), ...sameNames(["kafkaSinks"], kafkaSinks)];
  const tables = snowflake?.tables ?? [];
  mistakes.push(...sameNames(["snowflake", "tables"], tables));
  tables.forEach((table, i) => {
    const path = ["snowflake", "tables", i] as const;
    if ((table.prefix === undefined) === (table.landingSource === undefined)) {
      mistakes.push({ path, text: `${given(table, "prefix", "landingSource")}; give one of the two` });
    }
    if (table.landingSource !== undefined && !sources.some(({ name }) => name === table.landingSource)) {
      const text = `${JSON.stringify(table.landingSource)} is not among sources`;
      mistakes.push({ path: [...path, "landingSource"], text });
    }
    const needsColumns = table.prefix !== undefined && ["csv", "tsv", "psv"].includes(table.format ?? "csv");
    if (needsColumns && !table.columns && !table.sampleFile) {
      mistakes.push({ path, text: "needs columns or sampleFile, which say what the table's columns are" });
    }
  });
  if (snowflake?.changesView && sources.length === 0) {
    mistakes.push({
      path: ["snowflake", "changesView"],
      text: "there is no DynamoDB table without sources; add a source or leave it out",
    });
  }
  return mistakes;
}

function sameNames(path: Path, list: readonly { readonly name: string }[]): Mistake[] {
  return list.flatMap(({ name }, i) => {
    const first = list.findIndex((other) => other.name === name);
    if (first === i) return [];
    return [{ path: [...path, i, "name"], text: `${JSON.stringify(name)} is also ${path.join(".")}[${first}]'s` }];
  });
}

function given(value: object, a: string, b: string): string {
  return Reflect.get(value, a) === undefined ? `has neither ${a} nor ${b}` : `has both ${a} and ${b}`;
}
