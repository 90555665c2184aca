import { flag, number, text } from "../core/properties";
import { defineResource } from "../core/resourceType";
import { comment, quoted } from "./identifier";
import { sql } from "./service";

export const database = defineResource({
  type: "snowflake:index/database:Database",
  properties: {
    name: text({ replaces: true }),
    comment: text({ onlyState: true }),
    isTransient: flag({ replaces: true }),
    // DuckDB keeps no history: recorded, without effect.
    dataRetentionTimeInDays: number({ onlyState: true }),
  },
  naming: { input: "name", upperCase: true },
  async create(inputs) {
    await sql(`CREATE DATABASE ${quoted(inputs.name)}${comment(inputs.comment)}`);
    return { id: quoted(inputs.name), outputs: { fullyQualifiedName: quoted(inputs.name) } };
  },
  async read(_id, { name = "" }) {
    const rows = await sql("SHOW DATABASES");
    return rows.some((row) => row.name === name) ? {} : undefined;
  },
  async update() {
    return {};
  },
  async delete(_id, { name }) {
    await sql(`DROP DATABASE IF EXISTS ${quoted(name)}`);
  },
});
