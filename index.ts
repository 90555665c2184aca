/**
 * What `import` gives: all components and their arguments. It loads the Pulumi packages of all of them; a program that
 * uses one component imports it alone, for example from `pulumi-data-pipelines/s3-to-dynamodb`.
 */
export * from "./components/bucket-notifications";
export * from "./components/export-delta-import";
export * from "./components/fivetran-connector";
export * from "./components/fivetran-dbt-orchestration";
export * from "./components/kafka-lambda-sink";
export * from "./components/s3-to-dynamodb";
export * from "./components/snowflake-landing";
