import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import type { CurrentTable } from "./currentTable";
import { accountObjectName, type ObjectName, quoted, quotedObject } from "./names";
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
  /** Resources that the grant is lost with: an object made anew under its old name has no grants. */
  readonly objects: readonly pulumi.Resource[];
}

/** Objects of a table that the loader role uses. */
export interface TableObjects {
  readonly plan: TablePlan;
  readonly stage: pulumi.Resource;
  readonly format: pulumi.Resource;
  readonly table: pulumi.Resource;
  readonly pipe?: pulumi.Resource | undefined;
  readonly task?: pulumi.Resource | undefined;
}

/** On what isn't this component's: it takes their ownership or the grant option. */
export const placeGrants: readonly LoaderGrant[] = [
  { key: "database", privileges: ["USAGE"], objectType: "DATABASE", name: "", objects: [] },
  { key: "schema", privileges: ["USAGE"], objectType: "SCHEMA", name: "", objects: [] },
];

export function storageGrant(name: string, integration: pulumi.Resource): LoaderGrant {
  return { key: "storage", privileges: ["USAGE"], objectType: "INTEGRATION", name, objects: [integration] };
}

/** Enough to load a table by hand, to look after its pipe or task and to read what arrived; nothing is owned. */
export function tableGrants({ plan, stage, format, table, pipe, task }: TableObjects): LoaderGrant[] {
  const { names, key } = plan;
  const on = (part: string, objectType: string, name: string, object: pulumi.Resource, ...privileges: string[]) => ({
    key: `${key}-${part}`,
    privileges,
    objectType,
    name,
    objects: [object],
  });
  return [
    on("stage", "STAGE", names.stage, stage, "USAGE"),
    on("format", "FILE FORMAT", names.format, format, "USAGE"),
    on("table", "TABLE", names.table, table, "INSERT", "SELECT"),
    ...(pipe === undefined ? [] : [on("pipe", "PIPE", names.pipe, pipe, "MONITOR", "OPERATE")]),
    ...(task === undefined ? [] : [taskGrant(plan, task)]),
  ];
}

function taskGrant({ key, names, schedule }: TablePlan, task: pulumi.Resource): LoaderGrant {
  const [part, name] = schedule === undefined ? ["errors", names.watch] : ["load", names.task];
  return { key: `${key}-${part}`, privileges: ["MONITOR", "OPERATE"], objectType: "TASK", name, objects: [task] };
}

/** To read the newest state of a DynamoDB table's items, and to look after the task that keeps it. */
export function currentGrants({ plan, table, task, view }: CurrentTable): LoaderGrant[] {
  const { key } = plan;
  return [
    { key: `${key}-view`, privileges: ["SELECT"], objectType: "VIEW", name: plan.view, objects: [view] },
    { key: `${key}-current`, privileges: ["SELECT"], objectType: "TABLE", name: plan.current, objects: [table] },
    {
      key: `${key}-merge`,
      privileges: ["MONITOR", "OPERATE"],
      objectType: "TASK",
      name: plan.mergeTask,
      objects: [task],
    },
  ];
}

export function loaderRoleName(component: string): string {
  return accountObjectName(component, "LOADER");
}

/** The role with exactly these grants. */
export function loaderRole(
  component: string,
  place: pulumi.Output<Place>,
  grants: readonly LoaderGrant[],
  options: pulumi.CustomResourceOptions,
): snowflake.AccountRole {
  const role = new snowflake.AccountRole(
    `${component}-loader`,
    { name: loaderRoleName(component), comment: "Loads and looks after the tables" },
    options,
  );
  for (const grant of grants) {
    const objects = [...grant.objects];
    new snowflake.GrantPrivilegesToAccountRole(
      `${component}-grant-${grant.key}`,
      { accountRoleName: role.name, privileges: [...grant.privileges], ...grantedOn(grant, place) },
      { ...options, dependsOn: objects, replaceWith: objects, deleteBeforeReplace: true },
    );
  }
  return role;
}

/** What the owner of the database and the schema runs, when this component isn't to grant on them. */
export function ownerStatements(component: string, place: Place): string[] {
  return placeGrants.map(
    (grant) =>
      `GRANT ${grant.privileges.join(", ")} ON ${grant.objectType} ${grantedObject(grant, place)} TO ROLE ${quoted(loaderRoleName(component))};`,
  );
}

function grantedOn(grant: LoaderGrant, place: pulumi.Output<Place>) {
  const { objectType } = grant;
  const objectName = place.apply((known) => grantedObject(grant, known));
  if (objectType === "SCHEMA") return { onSchema: { schemaName: objectName } };
  if (objectType === "DATABASE" || objectType === "INTEGRATION") return { onAccountObject: { objectType, objectName } };
  return { onSchemaObject: { objectType, objectName } };
}

/** The granted object as SQL names it. */
function grantedObject({ objectType, name }: LoaderGrant, place: Place): string {
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
