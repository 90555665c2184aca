import * as pulumi from "@pulumi/pulumi";
import { alarms } from "../parts/alarms";
import { ArgumentCheck } from "../parts/arguments";
import { componentOptions, componentType, ownOutputs } from "../parts/component";
import { contextOf } from "../parts/context";
import { alarmTopic } from "../parts/notificationTopic";
import { checkDefinition, stateMachineName } from "../parts/stateMachine";
import type { ExportDeltaImportArgs } from "./args";
import { importFlow, placeholders } from "./definition";
import { normalize } from "./normalize";
import { exportBucket, exportQueue } from "./resources/exports";
import { functions } from "./resources/functions";
import { importsMachine } from "./resources/machine";
import { createStores, queryPlace } from "./resources/stores";
import { importAlarms } from "./resources/watch";

const typeName = "ExportDeltaImport";

/**
 * Makes a DynamoDB table equal to the newest full export of each of a source's tables: an export is read, compared with
 * the one before by one Athena query, and only what was inserted, updated or deleted is published to a Kinesis stream
 * and applied. A table's exports are imported one after the other in the order of their versions; a delta that deletes
 * too much waits for somebody.
 *
 * **Exports of two tables, as a nightly job uploads them**
 * ```ts
 * const imports = new ExportDeltaImport("imports", {
 *   tables: [
 *     { table: "orders", keyColumns: ["id"], columns: [{ name: "total", type: "decimal(12,2)" }] },
 *     { table: "stock", keyColumns: ["warehouse", "article"], delimiter: ";", maxDeletedShare: 0.05 },
 *   ],
 * });
 * export const uploadTo = imports.exportsBucketName; // TENANT/orders/20201230_V0001/export.csv.gz
 * ```
 *
 * **An existing bucket, every table alike, several files a version**
 * ```ts
 * const imports = new ExportDeltaImport("imports", {
 *   bucketName: "our-exports",
 *   prefix: "nightly/",
 *   versionOrder: "timestamp",
 *   manifestName: "manifest.json",
 *   tables: [{ table: "*", keyColumns: ["id"] }],
 *   stream: { shards: 4 },
 * });
 * export const rows = imports.targetTableName;
 * ```
 *
 * @throws ArgumentError when an argument is wrong, with its path, its value and the fix
 */
export class ExportDeltaImport extends pulumi.ComponentResource {
  /** The bucket that exports are uploaded to, as `TENANT/TABLE/EXPORT_VERSION/FILENAME.gz`. */
  readonly exportsBucketName: pulumi.Output<string>;
  /** Rows of all tables; keys pk (`TENANT/TABLE#<shard>`) and sk (the row's key). */
  readonly targetTableName: pulumi.Output<string>;
  /** ARN of the target. */
  readonly targetTableArn: pulumi.Output<string>;
  /** ARN of the target's stream; empty without `targetStream: true`. */
  readonly targetTableStreamArn: pulumi.Output<string>;
  /** Every version of every export with its status, counts, times and costs, and what the target is at. */
  readonly registryTableName: pulumi.Output<string>;
  /** Who imports which table at the moment. */
  readonly lockTableName: pulumi.Output<string>;
  /** Parts, deltas and bad records of exports. */
  readonly workBucketName: pulumi.Output<string>;
  /** The stream of operations. */
  readonly streamName: pulumi.Output<string>;
  /** ARN of the stream of operations, for consumers of one's own. */
  readonly streamArn: pulumi.Output<string>;
  /** ARN of the state machine of imports. */
  readonly stateMachineArn: pulumi.Output<string>;
  /** Glue's database of the tables that imports make and drop. */
  readonly databaseName: pulumi.Output<string>;
  /** Athena's workgroup. */
  readonly workgroupName: pulumi.Output<string>;
  /** URL of the queue of uploaded objects. */
  readonly registerQueueUrl: pulumi.Output<string>;
  /** URL of the queue of objects that couldn't be registered. */
  readonly registerDlqUrl: pulumi.Output<string>;
  /** How to put back uploads that couldn't be registered, once the cause is gone: a shell command. */
  readonly redriveCommand: pulumi.Output<string>;
  /** URL of the queue of operations that couldn't be applied. */
  readonly applyFailuresUrl: pulumi.Output<string>;
  /** Name of the function that applies operations. */
  readonly applyFunctionName: pulumi.Output<string>;
  /** Refusals, questions and alarms. */
  readonly alarmTopicArn: pulumi.Output<string>;
  /** Names of the alarms in CloudWatch. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: ExportDeltaImportArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType(typeName);
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `${typeName} "${name}"`;
    const plan = normalize(new ArgumentCheck(owner), name, args);
    const { flow } = plan;
    checkDefinition(owner, importFlow(flow, placeholders).definition);
    const context = contextOf(this, name, owner, { tags: args.tags, allowDestroy: plan.allowDestroy });

    const machine = stateMachineName(context, "imports");
    const stores = createStores(context, plan);
    const place = queryPlace(context, stores.work, plan);
    const exports = exportBucket(context, plan);
    const queue = exportQueue(context, exports);
    const { failures, ...handlers } = functions(context, {
      plan,
      stores,
      place,
      exports,
      queue,
      stateMachine: machine,
    });
    const topic = alarmTopic(context, plan.alarmTopicArn);
    importsMachine(context, { plan, stateMachineArn: machine.arn, handlers, stores, place, topic });
    const alarmNames = alarms(
      context,
      topic.arn,
      importAlarms({
        pipeline: flow.pipeline,
        stateMachineArn: machine.arn,
        functions: handlers,
        queue,
        failures,
        targetTableName: stores.target.tableName,
        workgroupName: place.workgroupName,
        retentionHours: plan.retentionHours,
        maxScannedBytesPerDay: plan.maxScannedBytesPerDay,
      }),
    );

    this.exportsBucketName = exports.bucketName;
    this.targetTableName = stores.target.table.name;
    this.targetTableArn = stores.target.tableArn;
    this.targetTableStreamArn = plan.targetStream ? stores.target.table.streamArn : pulumi.output("");
    this.registryTableName = stores.registry.table.name;
    this.lockTableName = stores.lock.table.name;
    this.workBucketName = stores.work.bucketName;
    this.streamName = stores.stream.stream.name;
    this.streamArn = stores.stream.arn;
    this.stateMachineArn = machine.arn;
    this.databaseName = pulumi.output(place.databaseName);
    this.workgroupName = pulumi.output(place.workgroupName);
    this.registerQueueUrl = queue.url;
    this.registerDlqUrl = queue.dlqUrl;
    this.redriveCommand = queue.redriveCommand;
    this.applyFailuresUrl = failures.url;
    this.applyFunctionName = handlers.apply.lambda.name;
    this.alarmTopicArn = topic.arn;
    this.alarmNames = pulumi.output(alarmNames);
    this.registerOutputs(ownOutputs(this));
  }
}
