import { type ObjectName, quoted, quotedObject } from "./identifier";
import type { TablePlan } from "./plan";

/** Database and schema that everything is in. */
export type Place = Omit<ObjectName, "name">;

/** What the loader role may do with one object. */
export interface LoaderGrant {
  /** Behind the component's name; unique. */
  readonly key: string;
  readonly privileges: readonly string[];
  /** `DATABASE` and `INTEGRATION` are the account's; `SCHEMA` is the schema; the rest is in the schema. */
  readonly objectType: string;
  /** Name of the integration or of the object in the schema; empty for the database and the schema. */
  readonly name: string;
}

/** What the role needs before any table. */
export function commonGrants(storageIntegration: string): LoaderGrant[] {
  return [
    { key: "database", privileges: ["USAGE"], objectType: "DATABASE", name: "" },
    { key: "schema", privileges: ["USAGE"], objectType: "SCHEMA", name: "" },
    { key: "storage", privileges: ["USAGE"], objectType: "INTEGRATION", name: storageIntegration },
  ];
}

/** Enough to load a table by hand, to look after its pipe or task and to read what arrived; nothing is owned. */
export function tableGrants({ names, key, schedule }: TablePlan): LoaderGrant[] {
  return [
    { key: `${key}-stage`, privileges: ["USAGE"], objectType: "STAGE", name: names.stage },
    { key: `${key}-format`, privileges: ["USAGE"], objectType: "FILE FORMAT", name: names.format },
    { key: `${key}-table`, privileges: ["INSERT", "SELECT"], objectType: "TABLE", name: names.table },
    schedule === undefined
      ? { key: `${key}-pipe`, privileges: ["MONITOR", "OPERATE"], objectType: "PIPE", name: names.pipe }
      : { key: `${key}-load`, privileges: ["MONITOR", "OPERATE"], objectType: "TASK", name: names.task },
  ];
}

export function viewGrant(key: string, view: string): LoaderGrant {
  return { key: `${key}-view`, privileges: ["SELECT"], objectType: "VIEW", name: view };
}

/** The granted object as SQL names it. */
export function grantedObject({ objectType, name }: LoaderGrant, place: Place): string {
  switch (objectType) {
    case "DATABASE":
      return quoted(place.database);
    case "SCHEMA":
      return `${quoted(place.database)}.${quoted(place.schema)}`;
    case "INTEGRATION":
      return quoted(name);
    default:
      return quotedObject({ ...place, name });
  }
}
