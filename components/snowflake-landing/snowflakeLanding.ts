import * as pulumi from "@pulumi/pulumi";
import * as snowflake from "@pulumi/snowflake";
import { accountOf } from "../parts/account";
import { ArgumentCheck } from "../parts/arguments";
import { notifyBucket } from "../parts/bucketNotifications";
import { componentOptions, componentType } from "../parts/component";
import type { Context } from "../parts/context";
import { bucketName } from "../parts/naming";
import { secureBucket } from "../parts/secureBucket";
import { componentTags } from "../parts/tags";
import type { SnowflakeLandingArgs } from "./args";
import { newestStateStatement } from "./changesTable";
import { errorNotifications } from "./errorNotifications";
import { commonGrants, type Place, tableGrants, viewGrant } from "./grants";
import { type GrantOn, loaderRole } from "./loaderRole";
import { checkIdentifier, type DynamoDbPlan, type LandingPlan, normalize } from "./normalize";
import { previewFeaturesMend, requiredPreviewFeatures } from "./previewFeatures";
import { regionWarning } from "./regions";
import { storageAccess } from "./storageAccess";
import { tableFunctions } from "./tableFunctions";
import { type TableLoad, tableLoad } from "./tableLoad";

export type {
  SnowflakeColumnArgs,
  SnowflakeDynamoDbTableArgs,
  SnowflakeLandingArgs,
  SnowflakeTableArgs,
} from "./args";
export { requiredPreviewFeatures };

/** A queue that the bucket must tell of new files, when another component sets the bucket's notifications. */
export interface SnowflakeNotificationTarget {
  name: string;
  queueArn: pulumi.Output<string>;
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
 * @throws ArgumentError for a mistake in the arguments; pulumi.RunError when preview features aren't switched on
 */
export class SnowflakeLanding extends pulumi.ComponentResource {
  /** Bucket with the files. */
  readonly bucketName: pulumi.Output<string>;
  /** Role that Snowflake reads the bucket with. */
  readonly roleArn: pulumi.Output<string>;
  /** Name of the storage integration. */
  readonly storageIntegrationName: pulumi.Output<string>;
  /** Name of the Snowflake role with grants on exactly these objects; grant it to whoever loads. */
  readonly loaderRoleName: pulumi.Output<string>;
  /** SNS topic with the errors of pipes and tasks; empty without error notifications. */
  readonly errorTopicArn: pulumi.Output<string>;
  /** What to pass to the bucket's `BucketNotifications`; empty when this component sets them. */
  readonly notificationTargets: SnowflakeNotificationTarget[];
  /** COPY statement of each table, by its name: what its pipe or task runs. */
  readonly copyStatements: pulumi.Output<Record<string, string>>;
  /** SQL that loads the files that were there before the pipe (of the last 7 days), by table. */
  readonly backfillCommands: pulumi.Output<Record<string, string>>;
  /** Shell command that starts the full load of each DynamoDB table, by its name. */
  readonly snapshotCommands: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: SnowflakeLandingArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType("SnowflakeLanding");
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `SnowflakeLanding "${name}"`;
    const plan = normalize(owner, args);
    checkPreviewFeatures(owner, this.getProvider("snowflake:index:pipe"), plan);
    const { allowDestroy } = plan;
    const tags = componentTags(owner, name, args.tags);
    const context: Context = { name, owner, parent: this, account: accountOf(this), tags, allowDestroy };
    const child = { parent: this };

    const place = placeOf(owner, args);
    this.bucketName = args.bucketName === undefined ? ownBucket(context, plan) : pulumi.output(args.bucketName);
    const bucketRegion = pulumi.output(args.bucketRegion ?? context.account.region);
    warnOfRegions(this, args.snowflakeRegion, bucketRegion);
    const access = storageAccess(context, {
      bucket: this.bucketName,
      bucketRegion,
      kmsKeyArn: args.kmsKeyArn,
      prefixes: plan.tables.map(({ prefix }) => prefix),
    });
    const errors = plan.errorNotifications ? errorNotifications(context) : undefined;
    const loads = plan.tables.map((table) =>
      tableLoad(table, {
        component: name,
        allowDestroy,
        place,
        bucket: this.bucketName,
        storageIntegration: access.integrationName,
        storage: access.integration,
        access: [access.role, access.policy],
        errorIntegration: errors?.integrationName,
        errors: errors?.ready ?? [],
        warehouse: args.warehouse,
        options: child,
      }),
    );
    const views = plan.dynamoDb.map((table) => newestState(name, table, place, loads, child));
    const role = loaderRole(
      name,
      place,
      [
        ...commonGrants(access.integrationName).map((grant) => ({
          grant,
          objects: grant.objectType === "INTEGRATION" ? [access.integration] : [],
        })),
        ...loads.flatMap(grantsOf),
        ...views.map(({ plan: { key, view }, resource }) => ({ grant: viewGrant(key, view), objects: [resource] })),
      ],
      child,
    );
    const targets = loads.flatMap(({ plan: { key, prefix }, pipe }) =>
      pipe === undefined ? [] : [{ name: key, queueArn: pipe.notificationChannel, prefix }],
    );
    if (plan.manageNotifications && targets.length > 0) {
      notifyBucket(`${name}-notification`, { bucket: this.bucketName, targets, owner }, child);
    }
    const { changesWindowSeconds: windowSeconds, changesRetries: retries, logRetentionDays } = plan;
    const { kmsKeyArn, alarmTopicArn } = args;
    const functionArgs = {
      bucket: this.bucketName,
      kmsKeyArn,
      windowSeconds,
      retries,
      logRetentionDays,
      alarmTopicArn,
    };
    const snapshots = plan.dynamoDb.map((table) => {
      const { snapshot } = tableFunctions(context, table, functionArgs);
      return [table.view, snapshot.lambda.name.apply(snapshotCommand)] as const;
    });

    this.roleArn = access.role.arn;
    this.storageIntegrationName = access.integration.name;
    this.loaderRoleName = role.name;
    this.errorTopicArn = errors?.topicArn ?? pulumi.output("");
    this.notificationTargets = plan.manageNotifications ? [] : targets;
    this.copyStatements = byTable(loads, ({ copyStatement }) => copyStatement);
    this.backfillCommands = byTable(loads, ({ backfillCommand }) => backfillCommand);
    this.snapshotCommands = pulumi.output(Object.fromEntries(snapshots));
    this.registerOutputs({
      bucketName: this.bucketName,
      roleArn: this.roleArn,
      storageIntegrationName: this.storageIntegrationName,
      loaderRoleName: this.loaderRoleName,
      errorTopicArn: this.errorTopicArn,
      notificationTargets: this.notificationTargets,
      copyStatements: this.copyStatements,
      backfillCommands: this.backfillCommands,
      snapshotCommands: this.snapshotCommands,
    });
  }
}

/** Only the default provider's configuration can be read here; a provider that is passed in answers for itself. */
function checkPreviewFeatures(owner: string, provider: pulumi.ProviderResource | undefined, plan: LandingPlan): void {
  if (provider !== undefined) return;
  const enabled = new pulumi.Config("snowflake").getObject<string[]>("previewFeaturesEnabled") ?? [];
  const needed = requiredPreviewFeatures.filter(
    (feature) =>
      (feature !== "snowflake_notification_integration_resource" || plan.errorNotifications) &&
      (feature !== "snowflake_pipe_resource" || plan.tables.some(({ schedule }) => schedule === undefined)),
  );
  const mend = previewFeaturesMend(enabled, needed);
  if (mend !== undefined) throw new pulumi.RunError(`${owner}: ${mend}`);
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

function ownBucket(context: Context, { bucketNameSuffix }: LandingPlan): pulumi.Output<string> {
  const name = bucketName(context.name, "files", bucketNameSuffix);
  return secureBucket(context, "files", { bucketName: name, noncurrentDays: 30 }).bucketName;
}

function warnOfRegions(parent: pulumi.Resource, account: string | undefined, bucket: pulumi.Output<string>): void {
  if (account === undefined) return;
  bucket.apply(async (region) => {
    const warning = regionWarning(account, region);
    if (warning !== undefined) await pulumi.log.warn(warning, parent);
  });
}

function newestState(
  name: string,
  plan: DynamoDbPlan,
  place: pulumi.Output<Place>,
  loads: readonly TableLoad[],
  options: pulumi.CustomResourceOptions,
) {
  const table = loads.find(({ plan: { key } }) => key === plan.changes.key)?.table;
  const dependsOn = table === undefined ? [] : [table];
  const resource = new snowflake.View(
    `${name}-${plan.key}-view`,
    {
      database: place.database,
      schema: place.schema,
      name: plan.view,
      statement: place.apply((known) => newestStateStatement({ ...known, name: plan.changes.names.table })),
      comment: "Newest state of each item",
    },
    { ...options, dependsOn, replaceWith: dependsOn },
  );
  return { plan, resource };
}

/** Each grant goes with the object that it is on. */
function grantsOf({ plan, stage, format, table, pipe, task }: TableLoad): GrantOn[] {
  const made: Readonly<Record<string, pulumi.Resource | undefined>> = {
    STAGE: stage,
    "FILE FORMAT": format,
    TABLE: table,
    PIPE: pipe,
    TASK: task,
  };
  return tableGrants(plan).map((grant) => {
    const object = made[grant.objectType];
    return { grant, objects: object === undefined ? [] : [object] };
  });
}

function byTable(
  loads: readonly TableLoad[],
  text: (load: TableLoad) => pulumi.Output<string>,
): pulumi.Output<Record<string, string>> {
  return pulumi.output(Object.fromEntries(loads.map((load) => [load.plan.names.table, text(load)])));
}

function snapshotCommand(functionName: string): string {
  return (
    `aws lambda invoke --function-name ${functionName} --invocation-type Event ` +
    `--cli-binary-format raw-in-base64-out --payload '{"segments":4}' /dev/stdout`
  );
}
