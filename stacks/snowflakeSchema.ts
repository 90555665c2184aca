/** The `snowflake` key of a stack: a database's schema, and tables of two {@link SnowflakeLanding}s, in one list. */
import type * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type {
  SnowflakeColumnArgs,
  SnowflakeLandingArgs,
  SnowflakeTableArgs,
} from "../components/snowflake-landing/args";
import { argumentsOf, type Given, partOf } from "./arguments";

const text = z.string().min(1);
const identifier = z
  .string()
  .regex(/^[A-Z_][A-Z0-9_$]{0,254}$/, "use capital letters, digits, _ and $, as Snowflake stores unquoted names");

/** A table on files: those below `prefix` in the stage's bucket, or the landing files of `landingSource`. */
export interface SnowflakeTableSettings extends Omit<pulumi.Unwrap<SnowflakeTableArgs>, "prefix" | "delimiter"> {
  prefix?: string;
  landingSource?: string;
}

const column = partOf<SnowflakeColumnArgs>("SnowflakeColumnArgs", { name: identifier });

const table = partOf<SnowflakeTableSettings>(
  "SnowflakeTableArgs",
  {
    name: identifier,
    prefix: z.string().optional().describe("Where the files lie in the stage's bucket, ending with a slash."),
    landingSource: text.optional().describe("Instead of `prefix`: takes the landing files of this source."),
    format: z
      .enum(["csv", "tsv", "psv", "json", "parquet"])
      .optional()
      .describe("Of the files. @default csv; landing files are json"),
    columns: z.array(column).min(1).optional(),
    requiredColumns: z.array(identifier).optional(),
    dropColumns: z.array(identifier).optional(),
  },
  // The format says which.
  ["delimiter"],
);

export interface SnowflakeSettings
  extends Pick<
    Given<SnowflakeLandingArgs>,
    "database" | "schema" | "warehouse" | "timeTravelDays" | "grantUsage" | "mergeSchedule" | "changesRetentionDays"
  > {
  createDatabase: boolean;
  region?: string;
  tables: SnowflakeTableSettings[];
  changesView?: string;
}

export const snowflake = argumentsOf<SnowflakeSettings>(
  "SnowflakeLanding",
  {
    database: identifier,
    schema: identifier,
    createDatabase: z
      .boolean()
      .default(false)
      .describe("Makes the database and the schema; otherwise they must exist."),
    warehouse: identifier.optional(),
    region: text.optional().describe("Region of the Snowflake account, compared with the buckets'."),
    tables: z.array(table).default([]),
    changesView: identifier
      .optional()
      .describe("Loads the DynamoDB table's changes; the value is the name of the view of its newest state."),
  },
  [
    // What the stack knows of the buckets, or nobody has needed yet.
    "bucketName",
    "kmsKeyArn",
    "manageNotifications",
    "snowflakeRegion",
    "bucketRegion",
    "errorNotifications",
    "dynamoDbTables",
    "changesWindowSeconds",
    "changesRetries",
  ],
);
