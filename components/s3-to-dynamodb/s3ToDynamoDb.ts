import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { environment as collectEnvironment } from "../../functions/s3-to-dynamodb/collect/environment";
import { permissions as collectPermissions } from "../../functions/s3-to-dynamodb/collect/permissions";
import { environment as loadEnvironment } from "../../functions/s3-to-dynamodb/load/environment";
import { permissions as loadPermissions } from "../../functions/s3-to-dynamodb/load/permissions";
import { accountOf } from "../parts/account";
import { alarms } from "../parts/alarms";
import { ArgumentCheck } from "../parts/arguments";
import { componentOptions, componentType } from "../parts/component";
import type { Context } from "../parts/context";
import { bucketName, deployedName } from "../parts/naming";
import { type NodeFunction, nodeFunction } from "../parts/nodeFunction";
import { type QueueWithDlq, queueWithDlq } from "../parts/queueWithDlq";
import { allowRecursion } from "../parts/recursion";
import { secureBucket } from "../parts/secureBucket";
import { componentTags } from "../parts/tags";
import type { S3ToDynamoDbArgs } from "./args";
import { foreignBucketPolicies } from "./foreign";
import { normalize } from "./normalize";
import type { FunctionSettings } from "./pipeline";
import { pipelineAlarms } from "./pipelineAlarms";
import { pipelineConfig } from "./pipelineConfig";
import { sendStatement } from "./senders";
import { bucketSenders, connectSources, placeSources, ruleSenders, sourceTargets } from "./sources";
import { keyedTable } from "./tables";

const typeName = "S3ToDynamoDb";
/** Times that a message is tried before it goes to the dead-letter queue. */
const maxReceiveCount = 5;
/** Days that a file's parts are kept before it has landed: longer than the queue and its DLQ keep the file's message. */
const stagingDays = 21;

/**
 * Loads the objects of any number of S3 buckets into one DynamoDB table: CSV, TSV, pipe-delimited, JSON and NDJSON,
 * plain, gzipped or zipped. Each object is unpacked into the landing bucket, then written to the table; a ledger has
 * an entry for each version of each object, and what can't be loaded is quarantined with its reason.
 *
 * **A bucket to drop CSV files into**
 * ```ts
 * const ingest = new S3ToDynamoDb("ingest", {
 *   sources: [{ name: "orders", format: "csv", keyFields: ["order_id"] }],
 * });
 * export const dropFilesInto = ingest.sourceBuckets;
 * ```
 *
 * **An existing bucket, and one of another account**
 * ```ts
 * const ingest = new S3ToDynamoDb("ingest", {
 *   sources: [
 *     { name: "clicks", bucketName: "our-clicks", prefix: "daily/", suffix: ".json.gz" },
 *     { name: "partner", bucketName: "their-exports", accountId: "111122223333" },
 *   ],
 *   alarmTopicArn: topic.arn,
 * });
 * export const handOver = ingest.foreignBucketPolicies;
 * ```
 *
 * @throws ArgumentError when an argument is wrong, with its path, its value and the mend
 */
export class S3ToDynamoDb extends pulumi.ComponentResource {
  /** The table that every source is loaded into; keys pk (`<source>#<shard>`) and sk. */
  readonly tableName: pulumi.Output<string>;
  /** ARN of the table. */
  readonly tableArn: pulumi.Output<string>;
  /** ARN of the table's stream; empty without `stream: true`. */
  readonly tableStreamArn: pulumi.Output<string>;
  /** One entry for each version of each source object, with its status and counts. */
  readonly ledgerTableName: pulumi.Output<string>;
  /** Unpacked parts (`landing/<source>/`) and what was quarantined (`quarantine/<source>/`). */
  readonly landingBucketName: pulumi.Output<string>;
  /** ARN of the landing bucket. */
  readonly landingBucketArn: pulumi.Output<string>;
  /** URL of the queue of source objects. */
  readonly collectQueueUrl: pulumi.Output<string>;
  /** Where a bucket with `manageNotifications: false` has to send its events. */
  readonly collectQueueArn: pulumi.Output<string>;
  /** URL of the queue of source objects that failed for good. */
  readonly collectDlqUrl: pulumi.Output<string>;
  /** URL of the queue of landing parts. */
  readonly loadQueueUrl: pulumi.Output<string>;
  /** URL of the queue of landing parts that failed for good. */
  readonly loadDlqUrl: pulumi.Output<string>;
  /** The bucket to put files into, by source. */
  readonly sourceBuckets: pulumi.Output<Record<string, string>>;
  /** JSON for the owner of a foreign bucket, by source: bucket policy, notification configuration, key policy. */
  readonly foreignBucketPolicies: pulumi.Output<Record<string, string>>;
  /** Name of the function that unpacks source objects. */
  readonly collectFunctionName: pulumi.Output<string>;
  /** Name of the function that writes the table. */
  readonly loadFunctionName: pulumi.Output<string>;
  /** ARN of the role that reads the source buckets. */
  readonly collectRoleArn: pulumi.Output<string>;
  /** ARN of the role that writes the table. */
  readonly loadRoleArn: pulumi.Output<string>;
  /** How to load objects that were there before, or whose event was missed; `<source>` and `<prefix>` are yours to fill in. */
  readonly replayCommand: pulumi.Output<string>;
  /** Names of the alarms in CloudWatch. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: S3ToDynamoDbArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType(typeName);
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `${typeName} "${name}"`;
    const check = new ArgumentCheck(owner);
    const pipeline = normalize(check, args);
    const { allowDestroy, retention, tracing } = pipeline;
    const context: Context = {
      name,
      owner,
      parent: this,
      account: accountOf(this),
      tags: componentTags(owner, name, args.tags),
      allowDestroy,
    };

    const landingName = bucketName(name, "landing", pipeline.bucketNameSuffix);
    const landing = secureBucket(context, "landing", {
      bucketName: landingName,
      expirations: [
        { id: "landing", prefix: "landing/", days: retention.landingDays },
        { id: "quarantine", prefix: "quarantine/", days: retention.quarantineDays },
        { id: "staging", prefix: "staging/", days: stagingDays, noncurrentDays: 1 },
      ],
      noncurrentDays: retention.noncurrentDays,
    });
    const sources = placeSources(context, pipeline);
    const table = keyedTable(context, "table", { stream: pipeline.stream });
    const ledger = keyedTable(context, "ledger", { expires: true });

    const buckets = bucketSenders(context, sources);
    const rules = ruleSenders(context, sources);
    // Both services' ARNs share the policy's bytes.
    const share = buckets.length > 0 && rules.length > 0 ? 0.5 : 1;
    const collectQueue = queueWithDlq(context, "collect", {
      fifo: false,
      visibilityTimeoutSeconds: 6 * pipeline.collect.timeout,
      maxReceiveCount,
      senders: (arn) => [
        ...sendStatement(check, "Buckets", "s3.amazonaws.com", buckets, arn, share),
        ...sendStatement(check, "Rules", "events.amazonaws.com", rules, arn, share),
      ],
    });
    const loadQueue = queueWithDlq(context, "load", {
      fifo: true,
      visibilityTimeoutSeconds: 6 * pipeline.load.timeout,
      maxReceiveCount,
    });

    const shared = {
      config: pipelineConfig(owner, sources, pipeline.limits),
      logRetentionDays: pipeline.logRetentionDays,
      tracing,
    };
    const stores = {
      PIPELINE: deployedName(name),
      LANDING_BUCKET: landing.bucketName,
      LEDGER_TABLE: ledger.table.name,
      LEDGER_DAYS: retention.ledgerDays,
      LOAD_QUEUE_URL: loadQueue.url,
    };
    const storeTargets = {
      landingBucket: [{ arn: landing.arn }],
      ledgerTable: [{ arn: ledger.tableArn }],
      loadQueue: [{ arn: loadQueue.arn }],
    };
    const collect = nodeFunction(context, "collect", {
      ...shared,
      folder: "s3-to-dynamodb/collect",
      description: "Unpacks source objects into the landing bucket",
      environmentSpec: collectEnvironment,
      environment: { ...stores, COLLECT_QUEUE_URL: collectQueue.url },
      permissions: collectPermissions,
      targets: { ...sourceTargets(sources), ...storeTargets, collectQueue: [{ arn: collectQueue.arn }] },
      consumes: [collectQueue.arn],
      memory: pipeline.collect.memory,
      timeout: pipeline.collect.timeout,
    });
    const load = nodeFunction(context, "load", {
      ...shared,
      folder: "s3-to-dynamodb/load",
      description: "Writes landing parts to the table",
      environmentSpec: loadEnvironment,
      environment: { ...stores, TABLE: table.table.name },
      permissions: loadPermissions,
      targets: { ...storeTargets, table: [{ arn: table.tableArn }] },
      consumes: [loadQueue.arn],
      memory: pipeline.load.memory,
      timeout: pipeline.load.timeout,
    });
    allowRecursion(context, "collect", collect);
    allowRecursion(context, "load", load);
    this.consume(name, "collect", collectQueue, collect, pipeline.collect);
    this.consume(name, "load", loadQueue, load, pipeline.load);
    connectSources(context, sources, collectQueue);

    const alarmNames = alarms(
      context,
      pipeline.alarmTopicArn,
      pipelineAlarms({
        pipeline: deployedName(name),
        queues: { collect: collectQueue, load: loadQueue },
        functions: { collect: collect.functionName, load: load.functionName },
        tableName: table.tableName,
        maxMessageAge: pipeline.maxMessageAge,
      }),
    );

    this.tableName = table.table.name;
    this.tableArn = table.tableArn;
    this.tableStreamArn = pipeline.stream ? table.table.streamArn : pulumi.output("");
    this.ledgerTableName = ledger.table.name;
    this.landingBucketName = landing.bucketName;
    this.landingBucketArn = landing.arn;
    this.collectQueueUrl = collectQueue.url;
    this.collectQueueArn = collectQueue.arn;
    this.collectDlqUrl = collectQueue.dlqUrl;
    this.loadQueueUrl = loadQueue.url;
    this.loadDlqUrl = loadQueue.dlqUrl;
    this.sourceBuckets = pulumi.output(
      Object.fromEntries(sources.map((source) => [source.name, source.created?.bucketName ?? source.bucket])),
    );
    this.foreignBucketPolicies = foreignBucketPolicies(sources, collect.roleArn, collectQueue.arn);
    this.collectFunctionName = collect.lambda.name;
    this.loadFunctionName = load.lambda.name;
    this.collectRoleArn = collect.roleArn;
    this.loadRoleArn = load.roleArn;
    this.replayCommand = pulumi.interpolate`npm run replay -- --queue-url ${collectQueue.url} --ledger-table ${ledger.table.name} --bucket <bucket> --source <source>`;
    this.alarmNames = pulumi.output(alarmNames);
    this.registerOutputs({
      tableName: this.tableName,
      tableArn: this.tableArn,
      tableStreamArn: this.tableStreamArn,
      ledgerTableName: this.ledgerTableName,
      landingBucketName: this.landingBucketName,
      landingBucketArn: this.landingBucketArn,
      collectQueueUrl: this.collectQueueUrl,
      collectQueueArn: this.collectQueueArn,
      collectDlqUrl: this.collectDlqUrl,
      loadQueueUrl: this.loadQueueUrl,
      loadDlqUrl: this.loadDlqUrl,
      sourceBuckets: this.sourceBuckets,
      foreignBucketPolicies: this.foreignBucketPolicies,
      collectFunctionName: this.collectFunctionName,
      loadFunctionName: this.loadFunctionName,
      collectRoleArn: this.collectRoleArn,
      loadRoleArn: this.loadRoleArn,
      replayCommand: this.replayCommand,
      alarmNames: this.alarmNames,
    });
  }

  /** One message an invocation: each is minutes of work, and only a failed one comes back. */
  private consume(
    name: string,
    part: string,
    queue: QueueWithDlq,
    handler: NodeFunction,
    settings: FunctionSettings,
  ): void {
    new aws.lambda.EventSourceMapping(
      `${name}-${part}-source`,
      {
        eventSourceArn: queue.arn,
        functionName: handler.lambda.name,
        batchSize: 1,
        functionResponseTypes: ["ReportBatchItemFailures"],
        scalingConfig: { maximumConcurrency: settings.concurrency },
      },
      { parent: this, dependsOn: [queue.queue] },
    );
  }
}
