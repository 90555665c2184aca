import { ConnectorError } from "./errors";
import type { Connector, Json } from "./types";

/**
 * Checks a connector's definition when the file is loaded, so that a mistake shows in the connection test.
 * @throws ConnectorError naming the member, its value and the fix
 */
export function defineConnector<Cursor extends Json>(connector: Connector<Cursor>): Connector<Cursor> {
  const { schema, version = 1 } = connector;
  if (!isObject(schema) || Object.keys(schema).length === 0) {
    throw new ConnectorError('schema has no table. Give at least one: { orders: { primaryKey: ["id"] } }.');
  }
  for (const [table, { primaryKey }] of Object.entries(schema)) {
    if (!Array.isArray(primaryKey) || primaryKey.length === 0) {
      throw new ConnectorError(
        `schema.${table}.primaryKey is ${JSON.stringify(primaryKey)}. Name the columns that make a row unique: without them a row that is sent again is doubled.`,
      );
    }
    if (new Set(primaryKey).size < primaryKey.length || primaryKey.some((column) => !column)) {
      throw new ConnectorError(
        `schema.${table}.primaryKey is ${JSON.stringify(primaryKey)}. Name each column once, and none without a name.`,
      );
    }
  }
  if (!Number.isInteger(version) || version < 1) {
    throw new ConnectorError(`version is ${version}. Give a whole number from 1.`);
  }
  for (const member of ["test", "pull"] as const) {
    if (typeof connector[member] !== "function") throw new ConnectorError(`${member} is missing: give a function.`);
  }
  return connector;
}

/** True for an object that isn't an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
