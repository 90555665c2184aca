import { block, blocks, flag, number, text, texts } from "../core/properties";
import { defineResource } from "../core/resourceType";
import { literal, placed, quoted } from "./identifier";
import { finds, sql } from "./service";

interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable?: boolean;
  readonly comment?: string;
  readonly default?: { readonly constant?: string; readonly expression?: string };
}

export const table = defineResource({
  type: "snowflake:index/table:Table",
  properties: {
    name: text({ replaces: true }),
    database: text({ required: true, replaces: true }),
    schema: text({ required: true, replaces: true }),
    columns: blocks<Column>()({ required: true }),
    primaryKey: block<{ name?: string; keys: readonly string[] }>()({ replaces: true }),
    comment: text({ onlyState: true }),
    clusterBies: texts({ onlyState: true }),
    changeTracking: flag({ onlyState: true }),
    dataRetentionTimeInDays: number({ onlyState: true }),
  },
  naming: { input: "name", upperCase: true },
  async create(inputs) {
    const key = inputs.primaryKey?.keys.map((name) => quoted(name)).join(", ");
    const parts = [...inputs.columns.map(definition), ...(key ? [`PRIMARY KEY (${key})`] : [])];
    await sql(`CREATE TABLE ${placed(inputs)} (${parts.join(", ")})`);
    return { id: placed(inputs), outputs: { fullyQualifiedName: placed(inputs), owner: "ACCOUNTADMIN" } };
  },
  async read(_id, { database, schema, name = "" }) {
    const there = await finds(
      `SELECT table_name FROM ${quoted(database)}.information_schema.tables ` +
        `WHERE table_schema = ${literal(schema)} AND table_name = ${literal(name)}`,
    );
    return there ? {} : undefined;
  },
  async update(_id, inputs, state) {
    for (const statement of alterations(placed(inputs), state.columns, inputs.columns)) await sql(statement);
    return {};
  },
  async delete(_id, state) {
    await sql(`DROP TABLE IF EXISTS ${placed(state)}`);
  },
});

function definition({ name, type, nullable, default: byDefault }: Column): string {
  const value = byDefault?.expression ?? (byDefault?.constant === undefined ? undefined : literal(byDefault.constant));
  return `${quoted(name)} ${type}${value === undefined ? "" : ` DEFAULT ${value}`}${nullable === false ? " NOT NULL" : ""}`;
}

/** New columns come at the end, as in Snowflake; those that stay keep their data. */
function alterations(name: string, before: readonly Column[], after: readonly Column[]): string[] {
  const old = new Map(before.map((column) => [column.name, column]));
  const kept = new Set(after.map((column) => column.name));
  const dropped = before.filter((column) => !kept.has(column.name));
  return [
    ...dropped.map((column) => `ALTER TABLE ${name} DROP COLUMN ${quoted(column.name)}`),
    ...after
      .filter((column) => !old.has(column.name))
      .map((column) => `ALTER TABLE ${name} ADD COLUMN ${definition({ ...column, nullable: true })}`),
    ...after
      .filter((column) => old.has(column.name) && old.get(column.name)?.type !== column.type)
      .map((column) => `ALTER TABLE ${name} ALTER COLUMN ${quoted(column.name)} SET DATA TYPE ${column.type}`),
    // Of a new column in a table that has rows this fails, as in Snowflake.
    ...after
      .filter((column) => (column.nullable ?? true) !== (old.get(column.name)?.nullable ?? true))
      .map(
        ({ name: column, nullable }) =>
          `ALTER TABLE ${name} ALTER COLUMN ${quoted(column)} ${nullable === false ? "SET" : "DROP"} NOT NULL`,
      ),
  ];
}
