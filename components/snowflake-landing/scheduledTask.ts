import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import type { Place } from "./loader";
import type { Schedule } from "./plan";

/** What every task of a component has in common. */
export interface TaskContext {
  readonly place: pulumi.Output<Place>;
  readonly warehouse?: string | undefined;
  readonly errorIntegration?: string | undefined;
  /** What an error can't be reported without. */
  readonly errors: readonly pulumi.Resource[];
  readonly options: pulumi.CustomResourceOptions;
}

export interface ScheduledTaskArgs {
  readonly name: string;
  readonly schedule: Schedule;
  readonly statement: pulumi.Output<string>;
  readonly comment: string;
  readonly needs: readonly pulumi.Resource[];
}

/** A task that runs, in the warehouse or serverless, and reports its errors. */
export function scheduledTask(logicalName: string, context: TaskContext, args: ScheduledTaskArgs): snowflake.Task {
  const { place, warehouse, errorIntegration, errors, options } = context;
  return new snowflake.Task(
    logicalName,
    {
      database: place.database,
      schema: place.schema,
      name: args.name,
      sqlStatement: args.statement,
      schedule: args.schedule,
      started: true,
      allowOverlappingExecution: "false",
      // It fails by design until a file with errors is gone; suspended, it would load nothing any more.
      suspendTaskAfterNumFailures: 0,
      warehouse,
      userTaskManagedInitialWarehouseSize: warehouse === undefined ? "XSMALL" : undefined,
      errorIntegration,
      comment: args.comment,
    },
    { ...options, dependsOn: [...args.needs, ...errors] },
  );
}
