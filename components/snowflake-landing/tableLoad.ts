import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import type { SnowflakeS3 } from "./cloud";
import { copyStatement } from "./copyStatement";
import { fileFormatInputs } from "./fileFormat";

import { type ObjectName, quotedObject } from "./identifier";
import { keepColumns } from "./keepColumns";
import type { Place } from "./loader";
import type { TablePlan } from "./plan";
import { stageUrl } from "./storageAccess";

/** What the tables of a component have in common. */
export interface LoadContext {
  readonly component: string;
  /** How errors call the component. */
  readonly owner: string;
  /** Tables hold data: deleting them must be allowed. */
  readonly allowDestroy: boolean;
  readonly timeTravelDays: number | undefined;
  readonly place: pulumi.Output<Place>;
  readonly bucket: pulumi.Output<string>;
  readonly s3: pulumi.Output<SnowflakeS3>;
  readonly storageIntegration: string;
  /** The integration itself: a stage made for another External ID reads nothing. */
  readonly storage: pulumi.Resource;
  /** The role and policy that pipes read with. */
  readonly access: readonly pulumi.Resource[];
  readonly errorIntegration?: string | undefined;
  readonly errors: readonly pulumi.Resource[];
  readonly warehouse?: string | undefined;
  readonly options: pulumi.CustomResourceOptions;
}

/** What was made for one table. */
export interface TableLoad {
  readonly plan: TablePlan;
  readonly format: snowflake.FileFormat;
  readonly stage: snowflake.Stage;
  readonly table: snowflake.Table;
  readonly pipe?: snowflake.Pipe;
  readonly task?: snowflake.Task;
  readonly copyStatement: pulumi.Output<string>;
  readonly backfillCommand: pulumi.Output<string>;
}

export function tableLoad(plan: TablePlan, context: LoadContext): TableLoad {
  const { place, options } = context;
  const { names } = plan;
  const at = `${context.component}-${plan.key}`;
  const here = { database: place.database, schema: place.schema };
  const url = stageUrl(context.s3, context.bucket, plan.prefix);
  const format = new snowflake.FileFormat(
    `${at}-format`,
    { ...here, name: names.format, ...fileFormatInputs(plan.fileFormat) },
    options,
  );
  const stage = new snowflake.Stage(
    `${at}-stage`,
    { ...here, name: names.stage, url, storageIntegration: context.storageIntegration },
    { ...options, dependsOn: [context.storage], replaceWith: [context.storage], deleteBeforeReplace: true },
  );
  const table = dataTable(at, plan, context);
  const copy = place.apply((known) => copyOf(plan, known));
  const made = { plan, format, stage, table, copyStatement: copy };
  const parts: LoadParts = { at, copy, url, needs: [stage, format, table] };
  if (plan.schedule !== undefined) {
    return { ...made, task: task(plan, context, parts), backfillCommand: copy.apply((sql) => `${sql};`) };
  }
  const backfillCommand = place.apply((known) => `ALTER PIPE ${quotedObject({ ...known, name: names.pipe })} REFRESH;`);
  return { ...made, pipe: pipe(plan, context, parts), backfillCommand };
}

function dataTable(at: string, plan: TablePlan, { place, options, ...context }: LoadContext): snowflake.Table {
  const keep = !context.allowDestroy;
  return new snowflake.Table(
    `${at}-table`,
    {
      database: place.database,
      schema: place.schema,
      name: plan.names.table,
      columns: plan.columns.map(({ column, type }) => ({ name: column, type })),
      dataRetentionTimeInDays: context.timeTravelDays,
    },
    { ...options, protect: keep, retainOnDelete: keep, hooks: keepColumns(at, context.owner, plan) },
  );
}

interface LoadParts {
  readonly at: string;
  readonly copy: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly needs: pulumi.Resource[];
}

/**
 * A pipe holds on to the very stage, format and table it was made with; when one of them is made anew under its old
 * name, the pipe stops. So it goes with each of them, and also when the stage points elsewhere or the table's columns
 * change, which the fingerprint in its comment tells.
 */
function pipe(plan: TablePlan, context: LoadContext, { at, copy, url, needs }: LoadParts): snowflake.Pipe {
  return new snowflake.Pipe(
    `${at}-pipe`,
    {
      database: context.place.database,
      schema: context.place.schema,
      name: plan.names.pipe,
      copyStatement: copy,
      autoIngest: true,
      errorIntegration: context.errorIntegration,
      comment: url.apply((known) => `Loads ${known}; made for stage and table ${fingerprint(plan, context, known)}`),
    },
    {
      ...context.options,
      dependsOn: [...needs, ...context.access, ...context.errors],
      // Two pipes of one name can't be, and two on one prefix would load twice.
      deleteBeforeReplace: true,
      replaceOnChanges: ["copyStatement", "comment"],
      replaceWith: needs,
    },
  );
}

function task(plan: TablePlan, context: LoadContext, { at, copy, needs }: LoadParts): snowflake.Task {
  return new snowflake.Task(
    `${at}-load`,
    {
      database: context.place.database,
      schema: context.place.schema,
      name: plan.names.task,
      sqlStatement: copy,
      schedule: plan.schedule ?? {},
      started: true,
      allowOverlappingExecution: "false",
      warehouse: context.warehouse,
      userTaskManagedInitialWarehouseSize: context.warehouse === undefined ? "XSMALL" : undefined,
      errorIntegration: context.errorIntegration,
      comment: `Loads ${plan.prefix} into ${plan.names.table}`,
    },
    { ...context.options, dependsOn: [...needs, ...context.access, ...context.errors] },
  );
}

function copyOf(plan: TablePlan, place: Place): string {
  const named = (name: string): ObjectName => ({ ...place, name });
  return copyStatement({
    table: named(plan.names.table),
    columns: plan.columns,
    stage: named(plan.names.stage),
    format: named(plan.names.format),
    onError: plan.onError,
  });
}

/** Changes whenever what the pipe reads or writes does. */
export function fingerprint(plan: TablePlan, context: Pick<LoadContext, "storageIntegration">, url: string): string {
  const basis = [
    url,
    context.storageIntegration,
    fileFormatInputs(plan.fileFormat),
    plan.columns.map(({ column, type }) => [column, type]),
  ];
  return createHash("sha256").update(JSON.stringify(basis)).digest("hex").slice(0, 12);
}
