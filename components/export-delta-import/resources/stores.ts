import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ATHENA, DELTAS, QUARANTINE, STAGED } from "../../../functions/export-delta-import/shared/workKeys";
import { arnOf } from "../../parts/account";
import { type Context, holdsData } from "../../parts/context";
import { type KeyedTable, keyedTable } from "../../parts/keyedTable";
import { bucketName, physicalName } from "../../parts/naming";
import { type SecureBucket, secureBucket } from "../../parts/secureBucket";
import type { ImportPlan } from "../normalize";

/** Where imports keep things. */
export interface Stores {
  /** Parts of exports, deltas, bad records and Athena's results. */
  readonly work: SecureBucket;
  readonly registry: KeyedTable;
  readonly lock: KeyedTable;
  readonly target: KeyedTable;
  readonly stream: OperationStream;
}

export interface OperationStream {
  readonly stream: aws.kinesis.Stream;
  readonly streamName: string;
  /** Known at preview. */
  readonly arn: pulumi.Output<string>;
}

/** Days that Athena's own results are looked at. */
const resultDays = 7;

export function createStores(context: Context, plan: ImportPlan): Stores {
  const { deltaDays, quarantineDays, noncurrentDays, targetStream } = plan;
  const work = secureBucket(context, "work", {
    bucketName: bucketName(context, "work", plan.bucketNameSuffix),
    expirations: [
      { id: "deltas", prefix: DELTAS, days: deltaDays, noncurrentDays: 1 },
      { id: "quarantine", prefix: QUARANTINE, days: quarantineDays },
      { id: "athena", prefix: ATHENA, days: resultDays, noncurrentDays: 1 },
      // The newest version's parts are compared with the next export's, whenever that comes.
      { id: "staged", prefix: STAGED, noncurrentDays: 1 },
    ],
    noncurrentDays,
  });
  return {
    work,
    registry: keyedTable(context, "registry", { expires: true }),
    // Its tokens never go back, so it is data and not just work in progress.
    lock: keyedTable(context, "lock", {}),
    target: keyedTable(context, "target", { stream: targetStream }),
    stream: operationStream(context, plan),
  };
}

function operationStream(context: Context, { shards, retentionHours }: ImportPlan): OperationStream {
  const streamName = physicalName(context.name, "operations", "stream");
  const stream = new aws.kinesis.Stream(
    `${context.name}-operations`,
    {
      name: streamName,
      streamModeDetails: { streamMode: shards === undefined ? "ON_DEMAND" : "PROVISIONED" },
      shardCount: shards,
      retentionPeriod: retentionHours,
      encryptionType: "KMS",
      kmsKeyId: "alias/aws/kinesis",
      tags: context.tags,
    },
    holdsData(context),
  );
  return { stream, streamName, arn: arnOf(context.account, "kinesis", `stream/${streamName}`) };
}

/** Where queries run: Glue's database of the tables that imports make and drop, and Athena's workgroup. */
export interface QueryPlace {
  readonly databaseName: string;
  readonly databaseArn: pulumi.Output<string>;
  readonly workgroupName: string;
  readonly workgroupArn: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
}

export function queryPlace(context: Context, work: SecureBucket, { maxScannedBytes }: ImportPlan): QueryPlace {
  const child = { parent: context.parent };
  const databaseName = physicalName(context.name, "exports", "glueDatabase");
  const database = new aws.glue.CatalogDatabase(
    `${context.name}-database`,
    { name: databaseName, description: `Tables over exports while ${context.name} imports them`, tags: context.tags },
    child,
  );
  const workgroupName = physicalName(context.name, "imports", "workgroup");
  const workgroup = new aws.athena.Workgroup(
    `${context.name}-workgroup`,
    {
      name: workgroupName,
      description: `Queries of ${context.name}`,
      configuration: {
        enforceWorkgroupConfiguration: true,
        publishCloudwatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: maxScannedBytes,
        engineVersion: { selectedEngineVersion: "Athena engine version 3" },
        resultConfiguration: {
          outputLocation: pulumi.interpolate`s3://${work.bucketName}/${ATHENA}`,
          encryptionConfiguration: { encryptionOption: "SSE_S3" },
        },
      },
      // It holds the history of queries and no data.
      forceDestroy: true,
      tags: context.tags,
    },
    child,
  );
  return {
    databaseName,
    workgroupName,
    ready: [database, workgroup],
    databaseArn: arnOf(context.account, "glue", `database/${databaseName}`),
    workgroupArn: arnOf(context.account, "athena", `workgroup/${workgroupName}`),
  };
}
