/** Files become items of a DynamoDB table and rows of Snowflake; the table's changes follow; Fivetran and dbt run at night. */
import { join } from "node:path";
import {
  ExportDeltaImport,
  FivetranConnector,
  FivetranDbtOrchestration,
  KafkaLambdaSink,
  S3ToDynamoDb,
  SnowflakeLanding,
} from "pulumi-data-pipelines";

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;

const ingest = new S3ToDynamoDb("ingest", { sources: [{ name: "orders", keyFields: ["order_id"] }], stream: true });

const snowflake = new SnowflakeLanding("landing", {
  database: "RAW",
  schema: "LANDING",
  bucketName: ingest.landingBucketName,
  tables: [{ name: "ORDERS_LANDING", prefix: "landing/orders/", format: "json" }],
});

const changes = new SnowflakeLanding("changes", {
  database: "RAW",
  schema: "CHANGES",
  dynamoDbTables: [
    { name: "ITEMS", tableName: ingest.tableName, tableArn: ingest.tableArn, streamArn: ingest.tableStreamArn },
  ],
});

const connector = new FivetranConnector("people", {
  entry: join(__dirname, "../fivetran-connector/connector.ts"),
  externalId: "delivered_ample",
});

const nightly = new FivetranDbtOrchestration("nightly", {
  groupId: "projected_sickle",
  fivetranSecretArn: secret("fivetran"),
  schedule: { expression: "cron(0 5 * * ? *)", timeZone: "Europe/Zurich" },
  dbt: {
    image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dbt:2026-11-01",
    snowflakeSecretArn: secret("snowflake"),
  },
});

const sink = new KafkaLambdaSink("clicks", {
  functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:take-clicks",
  topics: ["clicks"],
  bootstrapServers: "b-1.example.com:9092",
  network: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
  image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/kafka-lambda-sink:1",
});

const imports = new ExportDeltaImport("imports", { tables: [{ table: "customers", keyColumns: ["id"] }] });

export const dropOrdersInto = ingest.sourceBuckets;
export const snowflakeRoles = [snowflake.roleArn, changes.roleArn];
export const firstFullLoad = changes.snapshotCommands;
export const pasteIntoFivetran = connector.fivetranForm;
export const runThisOnce = nightly.registerWebhookCommand;
export const letIntoTheBrokers = sink.securityGroupId;
export const uploadExportsTo = imports.exportsBucketName;
