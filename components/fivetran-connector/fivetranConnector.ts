import * as pulumi from "@pulumi/pulumi";
import { environment } from "../../functions/connector-kit/environment";
import { permissions } from "../../functions/connector-kit/permissions";
import { alarms } from "../parts/alarms";
import { ArgumentCheck } from "../parts/arguments";
import { componentOptions, componentType } from "../parts/component";
import { type Context, contextOf } from "../parts/context";
import { bucketName, deployedName } from "../parts/naming";
import { nodeFunction } from "../parts/nodeFunction";
import { type SecureBucket, secureBucket } from "../parts/secureBucket";
import type { FivetranConnectorArgs } from "./args";
import { connectorAlarms } from "./connectorAlarms";
import { fivetranForm } from "./form";
import { type ConnectorPlan, normalize } from "./normalize";
import { fivetranRole } from "./roles";

const typeName = "FivetranConnector";

/**
 * A Fivetran function connector (AWS Lambda): the function with its own role, the role that Fivetran assumes to call it,
 * the bucket that rows go through with the sync method `s3`, and alarms. `fivetranForm` says what to paste into
 * Fivetran's setup form. The code is any module that exports `handler`; `functions/connector-kit` is a kit
 * for writing one.
 *
 * **The smallest useful program**
 * ```ts
 * import { FivetranConnector } from "pulumi-data-pipelines";
 *
 * const connector = new FivetranConnector("airports", {
 *   entry: "functions/connector-kit/example/handler.ts",
 *   externalId: "delivered_ample",
 * });
 * export const pasteIntoFivetran = connector.fivetranForm;
 * ```
 *
 * **Through a bucket, with a start of the historical load**
 * ```ts
 * import { FivetranConnector } from "pulumi-data-pipelines";
 *
 * const connector = new FivetranConnector("orders", {
 *   entry: "functions/connector-kit/example/handler.ts",
 *   externalId: "delivered_ample",
 *   syncMethod: "s3",
 *   startFrom: "5000",
 *   timeout: 900,
 *   alarmTopicArn: "arn:aws:sns:eu-central-1:123456789012:oncall",
 * });
 * export const pasteIntoFivetran = connector.fivetranForm;
 * ```
 *
 * @throws ArgumentError when an argument is wrong, with its path, its value and the fix
 */
export class FivetranConnector extends pulumi.ComponentResource {
  /** Role that Fivetran assumes with the External ID. */
  readonly roleArn: pulumi.Output<string>;
  /** Name of the function that Fivetran invokes. */
  readonly functionName: pulumi.Output<string>;
  /** ARN of the function that Fivetran invokes. */
  readonly functionArn: pulumi.Output<string>;
  /** The function's own role: attach what your code needs in AWS beside its log and the sync bucket. */
  readonly functionRoleName: pulumi.Output<string>;
  /** Region of the function. */
  readonly region: pulumi.Output<string>;
  /** Bucket that the rows go through; empty with the sync method `direct`. */
  readonly bucketName: pulumi.Output<string>;
  /** External ID that Fivetran assumes its role with. */
  readonly externalId: pulumi.Output<string>;
  /** JSON text: what to paste into which field of Fivetran's form, and the same for its REST API. */
  readonly fivetranForm: pulumi.Output<string>;
  /** The function's log group. */
  readonly logGroupName: pulumi.Output<string>;
  /** Names of the alarms in CloudWatch. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: FivetranConnectorArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType(typeName);
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `${typeName} "${name}"`;
    const plan = normalize(new ArgumentCheck(owner), args);
    const { allowDestroy, timeout } = plan;
    const context = contextOf(this, name, owner, { tags: args.tags, allowDestroy });

    const pipeline = deployedName(name);
    const bucket = plan.usesBucket ? syncBucket(context, plan) : undefined;
    const files = bucket === undefined ? [] : [{ arn: bucket.arn, prefix: plan.bucketPrefix }];
    const { lambda, functionName, functionArn, roleName, logGroupName } = nodeFunction(context, "function", {
      code: plan.code,
      description: "Answers Fivetran's requests with the rows of a source",
      environmentSpec: environment,
      environment: { PIPELINE: pipeline },
      variables: plan.variables,
      permissions,
      targets: { syncBucket: files, syncKey: [] },
      memory: plan.memory,
      timeout,
      logRetentionDays: plan.logRetentionDays,
      tracing: plan.tracing,
    });
    const role = fivetranRole(context, {
      accountId: plan.fivetranAccountId,
      externalId: plan.externalId,
      functionArn,
      files,
    });
    const alarmNames = alarms(context, plan.alarmTopicArn, connectorAlarms({ functionName, pipeline, timeout }));

    this.roleArn = role.arn;
    this.functionName = lambda.name;
    this.functionArn = functionArn;
    this.functionRoleName = pulumi.output(roleName);
    this.region = context.account.region;
    this.bucketName = bucket?.bucketName ?? pulumi.output("");
    this.externalId = pulumi.output(plan.externalId);
    this.fivetranForm = pulumi
      .output({
        externalId: this.externalId,
        roleArn: this.roleArn,
        functionName: this.functionName,
        region: this.region,
        bucketName: this.bucketName,
      })
      .apply(fivetranForm);
    this.logGroupName = pulumi.output(logGroupName);
    this.alarmNames = pulumi.output(alarmNames);
    this.registerOutputs({
      roleArn: this.roleArn,
      functionName: this.functionName,
      functionArn: this.functionArn,
      functionRoleName: this.functionRoleName,
      region: this.region,
      bucketName: this.bucketName,
      externalId: this.externalId,
      fivetranForm: this.fivetranForm,
      logGroupName: this.logGroupName,
      alarmNames: this.alarmNames,
    });
  }
}

/** Files stay until Fivetran has read them; what it left behind expires. */
function syncBucket(context: Context, { bucketNameSuffix, bucketPrefix, fileDays }: ConnectorPlan): SecureBucket {
  return secureBucket(context, "sync", {
    bucketName: bucketName(context, "sync", bucketNameSuffix),
    expirations: [{ id: "files", prefix: bucketPrefix, days: fileDays }],
    noncurrentDays: 1,
  });
}
