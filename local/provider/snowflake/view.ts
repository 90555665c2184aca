import { text } from "../core/properties";
import { defineResource } from "../core/resourceType";
import { literal, placed, quoted } from "./identifier";
import { finds, sql } from "./service";

export const view = defineResource({
  type: "snowflake:index/view:View",
  properties: {
    name: text({ replaces: true }),
    database: text({ required: true, replaces: true }),
    schema: text({ required: true, replaces: true }),
    statement: text({ required: true }),
    comment: text({ onlyState: true }),
    isSecure: text({ onlyState: true }),
  },
  naming: { input: "name", upperCase: true },
  async create(inputs) {
    await sql(`CREATE VIEW ${placed(inputs)} AS ${inputs.statement}`);
    return { id: placed(inputs), outputs: { fullyQualifiedName: placed(inputs) } };
  },
  async read(_id, { database, schema, name = "" }) {
    const there = await finds(
      `SELECT table_name FROM ${quoted(database)}.information_schema.views ` +
        `WHERE table_schema = ${literal(schema)} AND table_name = ${literal(name)}`,
    );
    return there ? {} : undefined;
  },
  async update(_id, inputs) {
    await sql(`CREATE OR REPLACE VIEW ${placed(inputs)} AS ${inputs.statement}`);
    return {};
  },
  async delete(_id, state) {
    await sql(`DROP VIEW IF EXISTS ${placed(state)}`);
  },
});
