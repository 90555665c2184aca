import { number, text } from "../core/properties";
import { defineResource } from "../core/resourceType";
import { literal, quoted } from "./identifier";
import { finds, sql } from "./service";

export const schema = defineResource({
  type: "snowflake:index/schema:Schema",
  properties: {
    name: text({ replaces: true }),
    database: text({ required: true, replaces: true }),
    comment: text({ onlyState: true }),
    isTransient: text({ replaces: true }),
    withManagedAccess: text({ onlyState: true }),
    dataRetentionTimeInDays: number({ onlyState: true }),
  },
  naming: { input: "name", upperCase: true },
  async create({ database, name }) {
    await sql(`CREATE SCHEMA ${quoted(database, name)}`);
    return { id: quoted(database, name), outputs: { fullyQualifiedName: quoted(database, name) } };
  },
  async read(_id, { database, name = "" }) {
    const there = await finds(
      `SELECT schema_name FROM ${quoted(database)}.information_schema.schemata WHERE schema_name = ${literal(name)}`,
    );
    return there ? {} : undefined;
  },
  async update() {
    return {};
  },
  async delete(_id, { database, name }) {
    await sql(`DROP SCHEMA IF EXISTS ${quoted(database, name)} CASCADE`);
  },
});
