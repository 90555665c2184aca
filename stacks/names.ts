/** Logical names of the program's resources: they begin the physical names of everything below them. */
export const names = {
  ingest: "ingest",
  snowflake: "snowflake",
  stageBucket: "stage",
} as const;
