import * as pulumi from "@pulumi/pulumi";
import { alarms } from "../parts/alarms";
import { ArgumentCheck } from "../parts/arguments";
import { componentOptions, componentType, ownOutputs } from "../parts/component";
import { contextOf } from "../parts/context";
import { deployedName } from "../parts/naming";
import type { S3ToDynamoDbArgs } from "./args";
import { foreignBucketPolicies } from "./foreign";
import { createFunctions, createQueues } from "./functions";
import { normalize } from "./normalize";
import { pipelineAlarms } from "./pipelineAlarms";
import { connectSources, placeSources } from "./sources";
import { createStores } from "./stores";

const typeName = "S3ToDynamoDb";

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
 *     { name: "clicks", bucketName: "our-clicks", prefix: "daily/", suffix: ".json.gz", eventBridge: true },
 *     { name: "partner", bucketName: "their-exports", accountId: "111122223333" },
 *   ],
 *   alarmTopicArn: topic.arn,
 * });
 * export const handOver = ingest.foreignBucketPolicies;
 * ```
 *
 * @throws ArgumentError when an argument is wrong, with its path, its value and the fix
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
  /** How to put back what failed for good, once its cause is gone: a shell command for `collect` and one for `load`. */
  readonly redriveCommands: pulumi.Output<Record<string, string>>;
  /** Names of the alarms in CloudWatch. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: S3ToDynamoDbArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType(typeName);
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `${typeName} "${name}"`;
    const check = new ArgumentCheck(owner);
    const pipeline = normalize(check, args);
    const context = contextOf(this, name, owner, { tags: args.tags, allowDestroy: pipeline.allowDestroy });

    const stores = createStores(context, pipeline);
    const sources = placeSources(context, pipeline);
    const queues = createQueues(context, check, sources, pipeline);
    const { collect, load } = createFunctions(context, pipeline, stores, sources, queues);
    connectSources(context, sources, queues.collect);
    const alarmNames = alarms(
      context,
      pipeline.alarmTopicArn,
      pipelineAlarms({
        pipeline: deployedName(name),
        queues,
        functions: { collect: collect.functionName, load: load.functionName },
        tableName: stores.table.tableName,
        maxMessageAge: pipeline.maxMessageAge,
      }),
    );

    this.tableName = stores.table.table.name;
    this.tableArn = stores.table.tableArn;
    this.tableStreamArn = pipeline.stream ? stores.table.table.streamArn : pulumi.output("");
    this.ledgerTableName = stores.ledger.table.name;
    this.landingBucketName = stores.landing.bucketName;
    this.landingBucketArn = stores.landing.arn;
    this.collectQueueUrl = queues.collect.url;
    this.collectQueueArn = queues.collect.arn;
    this.collectDlqUrl = queues.collect.dlqUrl;
    this.loadQueueUrl = queues.load.url;
    this.loadDlqUrl = queues.load.dlqUrl;
    this.sourceBuckets = pulumi.output(
      Object.fromEntries(sources.map(({ config, created, bucket }) => [config.name, created?.bucketName ?? bucket])),
    );
    this.foreignBucketPolicies = foreignBucketPolicies(sources, collect.roleArn, queues.collect.arn);
    this.collectFunctionName = collect.lambda.name;
    this.loadFunctionName = load.lambda.name;
    this.collectRoleArn = collect.roleArn;
    this.loadRoleArn = load.roleArn;
    this.replayCommand = pulumi.interpolate`npx pulumi-data-pipelines replay --queue-url ${this.collectQueueUrl} --ledger-table ${this.ledgerTableName} --bucket <bucket> --source <source>`;
    this.redriveCommands = pulumi.output(
      Object.fromEntries([
        ["collect", queues.collect.redriveCommand],
        ["load", queues.load.redriveCommand],
      ]),
    );
    this.alarmNames = pulumi.output(alarmNames);
    this.registerOutputs(ownOutputs(this));
  }
}
