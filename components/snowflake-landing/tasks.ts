/**
 * What tasks run: blocks of statements. A COPY that leaves files out is a success to Snowflake, of which nobody hears;
 * so a block looks at what became of each file and fails with their names, which goes to the task's error integration
 * and stands in TASK_HISTORY. A failing task is not suspended: a file that stays is reported at each run, and the others
 * are loaded.
 *
 * ```text
 * block  = "EXECUTE IMMEDIATE $$ BEGIN " { statement "; " } [ report ] "END; $$" ;
 * report = "LET refused VARCHAR := (SELECT LISTAGG(" message ", '; ') FROM " files "); "
 *          "IF (refused <> '') THEN SELECT ('Files with errors: ' || LEFT(:refused, 4000))::NUMBER(38,0); END IF; " ;
 * ```
 *
 * An error's text can't be made at run time but by a conversion that fails: `Numeric value 'Files with errors: …' is not
 * recognized`.
 *
 * @see https://docs.snowflake.com/en/developer-guide/snowflake-scripting/blocks
 */
import type * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { literal } from "./copyStatement";
import type { Place } from "./loader";
import { type ObjectName, quoted, quotedObject } from "./names";
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

export function block(statements: readonly string[]): string {
  return `EXECUTE IMMEDIATE $$ BEGIN ${statements.map((each) => `${each}; `).join("")}END; $$`;
}

/** Loads what is new, and fails when a file wasn't loaded as a whole. */
export function loadBlock(copy: string): string {
  // Without a file to load the result has other columns, hence each row as one object.
  const rows = 'SELECT OBJECT_CONSTRUCT(*) AS "FILE" FROM TABLE(RESULT_SCAN(:loaded))';
  const message = `"FILE":"file"::VARCHAR || ': ' || COALESCE("FILE":"first_error"::VARCHAR, "FILE":"status"::VARCHAR)`;
  const files = `(${rows}) WHERE "FILE":"status"::VARCHAR IN ('LOAD_FAILED', 'PARTIALLY_LOADED')`;
  return block([copy, "LET loaded VARCHAR := SQLID", ...report(message, files)]);
}

/** Fails when a pipe left out files or records of this table in the last minutes. */
export function watchBlock(table: ObjectName, minutes: number): string {
  const history =
    `TABLE(${quoted(table.database)}.INFORMATION_SCHEMA.COPY_HISTORY(TABLE_NAME => ${literal(quotedObject(table))}, ` +
    `START_TIME => DATEADD(MINUTE, -${minutes}, CURRENT_TIMESTAMP())))`;
  const message = `FILE_NAME || ': ' || COALESCE(FIRST_ERROR_MESSAGE, STATUS)`;
  return block(report(message, `${history} WHERE PIPE_NAME IS NOT NULL AND STATUS <> 'Loaded'`));
}

function report(message: string, files: string): string[] {
  return [
    `LET refused VARCHAR := (SELECT LISTAGG(${message}, '; ') FROM ${files})`,
    "IF (refused <> '') THEN SELECT ('Files with errors: ' || LEFT(:refused, 4000))::NUMBER(38,0); END IF",
  ];
}
