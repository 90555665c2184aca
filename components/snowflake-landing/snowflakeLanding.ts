import * as pulumi from "@pulumi/pulumi";
import type * as snowflake from "@pulumi/snowflake";
import { ArgumentCheck } from "../parts/arguments";
import { notifyBucket } from "../parts/bucketNotifications";
import { componentOptions, componentType, ownOutputs } from "../parts/component";
import { type Context, contextOf } from "../parts/context";
import { bucketName } from "../parts/naming";
import { secureBucket } from "../parts/secureBucket";
import type { SnowflakeLandingArgs } from "./args";
import { changesFunctions } from "./changesFunctions";
import { snowflakeS3, warnOfRegions } from "./cloud";
import { type CurrentTable, currentTable } from "./currentTable";
import { errorNotifications } from "./errorNotifications";
import {
  currentGrants,
  loaderRole,
  ownerStatements,
  type Place,
  placeGrants,
  storageGrant,
  tableGrants,
} from "./loader";
import { quotedObject } from "./names";
import { checkIdentifier, normalize } from "./normalize";
import type { DynamoDbPlan, LandingPlan } from "./plan";
import { checkProviderConfig, requiredPreviewFeatures } from "./providerConfig";
import { type StorageAccess, storageAccess } from "./storageAccess";
import { type LoadContext, type TableLoad, tableLoad } from "./tableLoad";

export type {
  SnowflakeColumnArgs,
  SnowflakeDynamoDbTableArgs,
  SnowflakeLandingArgs,
  SnowflakeTableArgs,
} from "./args";
export { requiredPreviewFeatures };

/** A queue that the bucket must tell of new files, when another component sets the bucket's notifications. */
export interface SnowflakeNotificationTarget {
  /** Name of the target, told apart from others of the bucket. */
  name: string;
  /** ARN of Snowflake's queue, which the pipe reads. */
  queueArn: pulumi.Output<string>;
  /** What the keys of the pipe's files begin with. */
  prefix: string;
}

/** A pipe and what it loads from and into, each as SQL names it; what `snowflake:pipes` works with. */
export interface SnowflakePipe {
  /** Qualified name of the pipe. */
  pipe: string;
  /** Qualified name of the stage that it reads. */
  stage: string;
  /** Qualified name of the table that it loads. */
  table: string;
  /** Prefix of the stage in the bucket. */
  prefix: string;
}

/**
 * Loads files of an S3 bucket into Snowflake tables, as they come or on a schedule: storage integration and role,
 * stages, formats, tables, pipes, the bucket's notifications, error notifications and a role to load with.
 *
 * **The smallest useful program**
 * ```ts
 * import { SnowflakeLanding } from "pulumi-data-pipelines";
 *
 * const landing = new SnowflakeLanding("orders", {
 *   database: "RAW",
 *   schema: "SALES",
 *   tables: [{ name: "orders", prefix: "orders/", delimiter: "|", columns: [{ name: "id" }, { name: "city" }] }],
 * });
 * export const dropFilesInto = landing.bucketName;
 * ```
 *
 * **A DynamoDB table's newest state in Snowflake**
 * ```ts
 * import { SnowflakeLanding } from "pulumi-data-pipelines";
 *
 * const landing = new SnowflakeLanding("customers", {
 *   database: "RAW",
 *   schema: "SALES",
 *   dynamoDbTables: [
 *     {
 *       name: "customers",
 *       tableName: "customers",
 *       tableArn: "arn:aws:dynamodb:eu-central-1:123456789012:table/customers",
 *       streamArn: "arn:aws:dynamodb:eu-central-1:123456789012:table/customers/stream/2026-01-01T00:00:00.000",
 *     },
 *   ],
 * });
 * export const firstFullLoad = landing.snapshotCommands;
 * ```
 *
 * The Snowflake provider calls most of this preview: see {@link requiredPreviewFeatures}.
 *
 * Before the first `up`: how to sign in and what the deploying role may do, see docs/snowflake-landing.md.
 *
 * @throws ArgumentError for a mistake in the arguments; pulumi.RunError when the provider's configuration can't work
 */
export class SnowflakeLanding extends pulumi.ComponentResource {
  /** Bucket with the files. */
  readonly bucketName: pulumi.Output<string>;
  /** Role that Snowflake reads the bucket with. */
  readonly roleArn: pulumi.Output<string>;
  /** Name of the storage integration. */
  readonly storageIntegrationName: pulumi.Output<string>;
  /** Name of the Snowflake role with grants on exactly these objects; grant it to the users that load. */
  readonly loaderRoleName: pulumi.Output<string>;
  /** SNS topic with the errors of pipes and tasks; empty without error notifications. */
  readonly errorTopicArn: pulumi.Output<string>;
  /** What to pass to the bucket's `BucketNotifications`; empty when this component sets them. */
  readonly notificationTargets: SnowflakeNotificationTarget[];
  /** COPY statement of each table, by its name: what its pipe or task runs. */
  readonly copyStatements: pulumi.Output<Record<string, string>>;
  /** SQL that loads the files that were there before the pipe (of the last 7 days), by table. */
  readonly backfillCommands: pulumi.Output<Record<string, string>>;
  /** The pipes, by table: for the command `snowflake:pipes`, which loads what a pipe's replacement left out. */
  readonly pipes: pulumi.Output<Record<string, SnowflakePipe>>;
  /** SQL for the owner of the database and the schema, where `grantUsage` is false; otherwise empty. */
  readonly ownerGrants: pulumi.Output<string[]>;
  /** Shell command that starts the full load of each DynamoDB table, by its name. */
  readonly snapshotCommands: pulumi.Output<Record<string, string>>;
  /** Names of the alarms in CloudWatch: one a DynamoDB table. Errors of pipes and tasks go to `errorTopicArn`. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: SnowflakeLandingArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType("SnowflakeLanding");
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `SnowflakeLanding "${name}"`;
    const plan = normalize(owner, args);
    checkProviderConfig(owner, this.getProvider("snowflake:index:pipe"), {
      errorNotifications: plan.errorNotifications,
      pipes: plan.tables.some(({ schedule }) => schedule === undefined),
    });
    const landing: Landing = {
      plan,
      args,
      place: placeOf(owner, args),
      context: contextOf(this, name, owner, { tags: args.tags, allowDestroy: plan.allowDestroy }),
    };

    this.bucketName = args.bucketName === undefined ? ownBucket(landing) : pulumi.output(args.bucketName);
    const access = accessTo(this.bucketName, landing);
    const errors = plan.errorNotifications ? errorNotifications(landing.context) : undefined;
    const loading: LoadContext = {
      component: name,
      owner,
      allowDestroy: plan.allowDestroy,
      timeTravelDays: plan.timeTravelDays,
      place: landing.place,
      bucket: this.bucketName,
      s3: access.s3,
      storageIntegration: access.integrationName,
      storage: access.integration,
      access: [access.role, ...access.policies],
      errorIntegration: errors?.integrationName,
      errors: errors?.ready ?? [],
      warehouse: args.warehouse,
      options: { parent: this },
    };
    const loads = plan.tables.map((table) => tableLoad(table, loading));
    const states = plan.dynamoDb.map((table) => newestState(table, landing, loads, loading));
    const role = loader(landing, access, loads, states);
    const targets = notify(landing, this.bucketName, loads);

    this.roleArn = access.role.arn;
    this.storageIntegrationName = access.integration.name;
    this.loaderRoleName = role.name;
    this.errorTopicArn = errors?.topicArn ?? pulumi.output("");
    this.notificationTargets = plan.manageNotifications ? [] : targets;
    this.copyStatements = byTable(loads, ({ copyStatement }) => copyStatement);
    this.backfillCommands = byTable(loads, ({ backfillCommand }) => backfillCommand);
    this.pipes = landing.place.apply((place) => pipesOf(plan, place));
    this.ownerGrants = landing.place.apply((place) => (plan.grantUsage ? [] : ownerStatements(name, place)));
    const { snapshotCommands, alarmNames } = changesFunctions(landing.context, plan.dynamoDb, {
      bucket: this.bucketName,
      kmsKeyArn: args.kmsKeyArn,
      windowSeconds: plan.changesWindowSeconds,
      retries: plan.changesRetries,
      logRetentionDays: plan.logRetentionDays,
      alarmTopicArn: args.alarmTopicArn,
    });
    this.snapshotCommands = snapshotCommands;
    this.alarmNames = pulumi.output(alarmNames);
    this.registerOutputs(ownOutputs(this));
  }
}

/** What every step of the constructor needs to know. */
interface Landing {
  readonly context: Context;
  readonly plan: LandingPlan;
  readonly args: SnowflakeLandingArgs;
  readonly place: pulumi.Output<Place>;
}

/** Names that are outputs are checked as soon as they are known. */
function placeOf(owner: string, { database, schema }: SnowflakeLandingArgs): pulumi.Output<Place> {
  const check = new ArgumentCheck(owner);
  return pulumi.output({ database, schema }).apply((place) => {
    checkIdentifier(check, "database", place.database);
    checkIdentifier(check, "schema", place.schema);
    return place;
  });
}

/** Change files are in Snowflake soon; the bucket keeps them as long as Snowflake keeps their rows. */
function ownBucket({ context, plan }: Landing): pulumi.Output<string> {
  const expirations = plan.dynamoDb.map(({ key, changes: { prefix } }) => ({
    id: `${key}-changes`,
    prefix,
    days: plan.changesRetentionDays,
  }));
  const name = bucketName(context, "files", plan.bucketNameSuffix);
  return secureBucket(context, "files", { bucketName: name, expirations, noncurrentDays: 30 }).bucketName;
}

function accessTo(bucket: pulumi.Output<string>, { context, plan, args }: Landing) {
  const bucketRegion = pulumi.output(args.bucketRegion ?? context.account.region);
  warnOfRegions(context.parent, args.snowflakeRegion, bucketRegion);
  const s3 = context.account.partition.apply((partition) => snowflakeS3(context.owner, partition));
  const prefixes = plan.tables.map(({ prefix }) => prefix);
  return { s3, ...storageAccess(context, { bucket, bucketRegion, kmsKeyArn: args.kmsKeyArn, prefixes, s3 }) };
}

function newestState(
  table: DynamoDbPlan,
  { context, plan }: Landing,
  loads: readonly TableLoad[],
  loading: LoadContext,
): CurrentTable {
  const changes = loads[plan.tables.indexOf(table.changes)]?.table;
  if (changes === undefined) throw new Error(`${context.owner}: no table of changes was made for ${table.view}`);
  return currentTable(context.name, table, plan, changes, loading);
}

/** The loader role: each grant goes with the object that it is on. */
function loader(
  { context, plan, place }: Landing,
  { integration, integrationName }: StorageAccess,
  loads: readonly TableLoad[],
  states: readonly CurrentTable[],
): snowflake.AccountRole {
  const grants = [
    ...(plan.grantUsage ? placeGrants : []),
    storageGrant(integrationName, integration),
    ...loads.flatMap(tableGrants),
    ...states.flatMap(currentGrants),
  ];
  return loaderRole(context.name, place, grants, { parent: context.parent });
}

/** Each pipe's channel in the bucket's notifications, unless another component sets these. */
function notify(
  { context, plan }: Landing,
  bucket: pulumi.Output<string>,
  loads: readonly TableLoad[],
): SnowflakeNotificationTarget[] {
  const targets = loads.flatMap(({ plan: { key, prefix }, pipe }) =>
    pipe === undefined ? [] : [{ name: key, queueArn: pipe.notificationChannel, prefix }],
  );
  if (plan.manageNotifications && targets.length > 0) {
    const { name, owner, parent } = context;
    notifyBucket(`${name}-notification`, { bucket, targets, owner }, { parent });
  }
  return targets;
}

function pipesOf({ tables }: LandingPlan, place: Place): Record<string, SnowflakePipe> {
  const named = (name: string): string => quotedObject({ ...place, name });
  const withPipe = tables.filter(({ schedule }) => schedule === undefined);
  return Object.fromEntries(
    withPipe.map(({ names, prefix }) => [
      names.table,
      { pipe: named(names.pipe), stage: named(names.stage), table: named(names.table), prefix },
    ]),
  );
}

function byTable(
  loads: readonly TableLoad[],
  text: (load: TableLoad) => pulumi.Output<string>,
): pulumi.Output<Record<string, string>> {
  return pulumi.output(Object.fromEntries(loads.map((load) => [load.plan.names.table, text(load)])));
}
