import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { currentColumns, mergeStatements, newestStateStatement } from "./changesTable";
import type { ObjectName } from "./names";
import type { DynamoDbPlan, LandingPlan } from "./plan";
import { block, scheduledTask, type TaskContext } from "./tasks";

export interface CurrentTable {
  readonly plan: DynamoDbPlan;
  readonly table: snowflake.Table;
  readonly task: snowflake.Task;
  readonly view: snowflake.View;
}

/**
 * The last change of each item in a table of its own, which a task keeps, so that changes needn't be kept for ever; and
 * a view that adds the changes which aren't merged yet.
 */
export function currentTable(
  component: string,
  plan: DynamoDbPlan,
  landing: LandingPlan,
  changes: pulumi.Resource,
  context: TaskContext,
): CurrentTable {
  const at = `${component}-${plan.key}`;
  const { place, options } = context;
  const here = { database: place.database, schema: place.schema };
  const keep = !landing.allowDestroy;
  const table = new snowflake.Table(
    `${at}-current-table`,
    {
      ...here,
      name: plan.current,
      columns: currentColumns.map(({ column, type, required }) => ({ name: column, type, nullable: !required })),
      dataRetentionTimeInDays: landing.timeTravelDays,
    },
    { ...options, protect: keep, retainOnDelete: keep },
  );
  const needs = [changes, table];
  const names = place.apply((known): readonly [ObjectName, ObjectName] => [
    { ...known, name: plan.changes.names.table },
    { ...known, name: plan.current },
  ]);
  const sortKey = plan.keyAttributes.length > 1;
  const task = scheduledTask(`${at}-merge`, context, {
    name: plan.mergeTask,
    schedule: landing.mergeSchedule,
    statement: names.apply(([from, into]) => block(mergeStatements(from, into, sortKey, landing.changesRetentionDays))),
    comment: `Merges changes into ${plan.current}`,
    needs,
  });
  const view = new snowflake.View(
    `${at}-view`,
    {
      ...here,
      name: plan.view,
      statement: names.apply(([from, into]) => newestStateStatement(from, into)),
      comment: "Newest state of each item",
    },
    { ...options, dependsOn: needs, replaceWith: needs },
  );
  return { plan, table, task, view };
}
