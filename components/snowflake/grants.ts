import { type ObjectName, quoted, quotedObject } from "./identifier";
import type { TablePlan } from "./plan";

/** What the loader role may do with one object. */
export interface LoaderGrant {
  /** Behind the component's name; unique. */
  readonly key: string;
  readonly privileges: readonly string[];
  readonly on: "accountObject" | "schema" | "schemaObject";
  /** For example `FILE FORMAT`; empty for a schema. */
  readonly objectType: string;
  readonly objectName: string;
}

/** Database and schema that everything is in. */
export type Place = Omit<ObjectName, "name">;

/** What the role needs before any table. */
export function commonGrants(place: Place, storageIntegration: string): LoaderGrant[] {
  return [
    {
      key: "database",
      privileges: ["USAGE"],
      on: "accountObject",
      objectType: "DATABASE",
      objectName: quoted(place.database),
    },
    {
      key: "schema",
      privileges: ["USAGE"],
      on: "schema",
      objectType: "",
      objectName: `${quoted(place.database)}.${quoted(place.schema)}`,
    },
    {
      key: "storage",
      privileges: ["USAGE"],
      on: "accountObject",
      objectType: "INTEGRATION",
      objectName: quoted(storageIntegration),
    },
  ];
}

/** Enough to load a table by hand, to look after its pipe or task and to read what arrived; nothing is owned. */
export function tableGrants(place: Place, table: TablePlan): LoaderGrant[] {
  const { names, key } = table;
  const on = (part: string, objectType: string, name: string, privileges: readonly string[]): LoaderGrant => ({
    key: `${key}-${part}`,
    privileges,
    on: "schemaObject",
    objectType,
    objectName: quotedObject({ ...place, name }),
  });
  return [
    on("stage", "STAGE", names.stage, ["USAGE"]),
    on("format", "FILE FORMAT", names.format, ["USAGE"]),
    on("table", "TABLE", names.table, ["INSERT", "SELECT"]),
    table.schedule === undefined
      ? on("pipe", "PIPE", names.pipe, ["MONITOR", "OPERATE"])
      : on("load", "TASK", names.task, ["MONITOR", "OPERATE"]),
  ];
}

export function viewGrant(place: Place, key: string, view: string): LoaderGrant {
  return {
    key: `${key}-view`,
    privileges: ["SELECT"],
    on: "schemaObject",
    objectType: "VIEW",
    objectName: quotedObject({ ...place, name: view }),
  };
}
