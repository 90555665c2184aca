import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import type { SnowflakeS3 } from "./cloud";
import { copyStatement, metadataColumns } from "./copyStatement";
import { fileFormatInputs } from "./fileFormat";
import { keepColumns } from "./keepColumns";
import type { Place } from "./loader";
import { type ObjectName, quotedObject } from "./names";
import type { TablePlan } from "./plan";
import { stageUrl } from "./storageAccess";
import { loadBlock, scheduledTask, type TaskContext, watchBlock } from "./tasks";

/** What the tables of a component have in common. */
export interface LoadContext extends TaskContext {
  readonly component: string;
  /** How errors call the component. */
  readonly owner: string;
  /** Tables hold data: deleting them must be allowed. */
  readonly allowDestroy: boolean;
  readonly timeTravelDays: number | undefined;
  readonly bucket: pulumi.Output<string>;
  readonly s3: pulumi.Output<SnowflakeS3>;
  readonly storageIntegration: string;
  /** The integration itself: a stage made for another External ID reads nothing. */
  readonly storage: pulumi.Resource;
  /** The role and policy that pipes read with. */
  readonly access: readonly pulumi.Resource[];
}

/** What was made for one table. */
export interface TableLoad {
  readonly plan: TablePlan;
  readonly format: snowflake.FileFormat;
  readonly stage: snowflake.Stage;
  readonly table: snowflake.Table;
  readonly pipe?: snowflake.Pipe;
  readonly task?: snowflake.Task | undefined;
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
  const parts: LoadParts = { at, copy, url, needs: [stage, format, table] };
  const made = { plan, format, stage, table, copyStatement: copy, task: task(plan, context, parts) };
  if (plan.schedule !== undefined) return { ...made, backfillCommand: copy.apply((sql) => `${sql};`) };
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
      columns: plan.columns.map(({ column, type, required }) => ({
        name: column,
        type,
        nullable: required ? false : undefined,
      })),
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
 * change, which changes the fingerprint in its comment.
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

/** A scheduled load, or the watch over a pipe that Snowflake reports no errors of. */
function task(plan: TablePlan, context: LoadContext, { at, copy, needs }: LoadParts): snowflake.Task | undefined {
  const { names, prefix, schedule, onError } = plan;
  if (schedule !== undefined) {
    return scheduledTask(`${at}-load`, context, {
      name: names.task,
      schedule,
      statement: copy.apply(loadBlock),
      comment: `Loads ${prefix} into ${names.table}`,
      needs: [...needs, ...context.access],
    });
  }
  if (onError !== "CONTINUE" || context.errorIntegration === undefined) return undefined;
  return scheduledTask(`${at}-errors`, context, {
    name: names.watch,
    schedule: { minutes: watchMinutes },
    // A little more than the time between two runs, so that nothing falls between them.
    statement: context.place.apply((known) => watchBlock({ ...known, name: names.table }, watchMinutes + 30)),
    comment: `Reports files with errors of ${names.pipe}`,
    needs,
  });
}

const watchMinutes = 60;

function copyOf(plan: TablePlan, place: Place): string {
  const named = (name: string): ObjectName => ({ ...place, name });
  return copyStatement({
    table: named(plan.names.table),
    columns: plan.columns,
    matchBy: plan.fileFormat.matchBy,
    fields: plan.exactFields ? plan.columns.length - metadataColumns.length : undefined,
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
