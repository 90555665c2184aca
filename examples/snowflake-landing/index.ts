import { SnowflakeLanding } from "pulumi-data-pipelines/snowflake-landing";

const landing = new SnowflakeLanding("airports", {
  database: "RAW",
  schema: "LANDING",
  tables: [
    { name: "AIRPORTS", prefix: "airports/", delimiter: "|", columns: [{ name: "IATA" }, { name: "CITY" }] },
    { name: "EVENTS", prefix: "events/", format: "json" },
  ],
});

export const dropFilesInto = landing.bucketName;
export const loadOlderFiles = landing.backfillCommands;
