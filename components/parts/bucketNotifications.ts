import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "./arguments";
import { claimBucketNotifications, findOverlap, maxTargets } from "./bucketTargets";
import { componentOptions, componentType } from "./component";

/** One target of a bucket's events: give exactly one of `queueArn`, `topicArn` and `functionArn`. */
export interface BucketTargetArgs {
  /** Names the target in the configuration and in errors; unique per bucket. */
  name: string;
  /** SQS queue (standard; S3 takes no FIFO queue). Its policy must allow S3 to send. */
  queueArn?: pulumi.Input<string>;
  /** SNS topic. Its policy must allow S3 to publish. */
  topicArn?: pulumi.Input<string>;
  /** Lambda function. The permission for S3 to invoke it is made here. */
  functionArn?: pulumi.Input<string>;
  /** Events of S3 that the target gets. @default ["s3:ObjectCreated:*"] */
  events?: string[];
  /** Only keys that begin with this. @default every key */
  prefix?: string;
  /** Only keys that end with this. @default every key */
  suffix?: string;
}

export interface BucketNotificationsArgs {
  /** Name of the bucket. */
  bucket: pulumi.Input<string>;
  /** Queues, topics and functions that get the bucket's events. @default none */
  targets?: BucketTargetArgs[];
  /** Send every event to EventBridge as well. @default false */
  eventBridge?: boolean;
  /** Who sets the notifications, as errors call it. @default this component's type and name */
  owner?: string;
}

interface Target {
  readonly name: string;
  readonly events: string[];
  readonly prefix: string;
  readonly suffix: string;
  readonly args: BucketTargetArgs;
}

/**
 * The one notification configuration of a bucket, with every target in it. S3 keeps one per bucket: a second
 * `aws.s3.BucketNotification` would silently remove the first, so two owners of a bucket are an error here.
 *
 * **A queue and a function on one bucket**
 * ```ts
 * new BucketNotifications("uploads", {
 *   bucket: bucket.bucket,
 *   targets: [
 *     { name: "orders", queueArn: queue.arn, prefix: "orders/" },
 *     { name: "images", functionArn: thumbnails.arn, prefix: "images/", suffix: ".png" },
 *   ],
 * });
 * ```
 *
 * @throws ArgumentError when two targets overlap, as S3 sees it: same event, one prefix begins with the other, and one suffix ends with the other
 */
export class BucketNotifications extends pulumi.ComponentResource {
  /** Name of the bucket. */
  readonly bucket: pulumi.Output<string>;

  constructor(name: string, args: BucketNotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType("BucketNotifications");
    super(type, name, {}, componentOptions(type, name, opts));
    const notification = notifyBucket(`${name}-notification`, args, { parent: this });
    this.bucket = notification.bucket;
    this.registerOutputs({ bucket: this.bucket });
  }
}

/**
 * The same without a component around it, for components that own a bucket.
 * `opts.dependsOn` takes the queue and topic policies: S3 sends a test event at once.
 */
export function notifyBucket(
  name: string,
  args: BucketNotificationsArgs,
  opts: pulumi.CustomResourceOptions,
): aws.s3.BucketNotification {
  const owner = args.owner ?? `BucketNotifications "${name.replace(/-notification$/, "")}"`;
  const targets = checkTargets(owner, args);
  const bucket = claimed(args.bucket, owner);
  const permissions = targets.flatMap((target) => invokePermission(name, target, bucket, opts));
  return new aws.s3.BucketNotification(
    name,
    {
      bucket,
      eventbridge: args.eventBridge ?? false,
      queues: targets.flatMap((t) =>
        t.args.queueArn === undefined ? [] : [{ ...filter(t), queueArn: t.args.queueArn }],
      ),
      topics: targets.flatMap((t) =>
        t.args.topicArn === undefined ? [] : [{ ...filter(t), topicArn: t.args.topicArn }],
      ),
      lambdaFunctions: targets.flatMap((t) =>
        t.args.functionArn === undefined ? [] : [{ ...filter(t), lambdaFunctionArn: t.args.functionArn }],
      ),
    },
    { ...opts, dependsOn: pulumi.output(opts.dependsOn ?? []).apply((given) => [...[given].flat(), ...permissions]) },
  );
}

/** @throws ArgumentError naming the target and the fix. */
function checkTargets(owner: string, args: BucketNotificationsArgs): Target[] {
  const check = new ArgumentCheck(owner);
  const targets = (args.targets ?? []).map((target, i) => {
    const given = [target.queueArn, target.topicArn, target.functionArn].filter((arn) => arn !== undefined);
    if (given.length !== 1) {
      check.fail(`targets[${i}]`, target.name, "Give exactly one of queueArn, topicArn and functionArn.");
    }
    const { name, events = ["s3:ObjectCreated:*"], prefix = "", suffix = "" } = target;
    for (const event of events) {
      check.matches(
        `targets[${i}].events`,
        event,
        /^s3:[A-Za-z:]+\*?$/,
        'Give an S3 event such as "s3:ObjectCreated:*".',
      );
    }
    return { name, events, prefix, suffix, args: target };
  });
  if (targets.length === 0 && args.eventBridge !== true) {
    check.fail(
      "targets",
      [],
      "Give at least one target, or eventBridge: true; without either the bucket's notifications would be removed.",
    );
  }
  if (targets.length > maxTargets) {
    check.fail(
      "targets",
      `${targets.length} targets`,
      `S3 takes ${maxTargets} per bucket; give eventBridge: true and route by rules.`,
    );
  }
  const names = new Set<string>();
  for (const { name } of targets) {
    if (names.has(name)) check.fail("targets", name, "Two targets have this name; give each its own.");
    names.add(name);
  }
  const pair = findOverlap(targets);
  if (pair !== undefined) {
    const [a, b] = pair;
    check.fail(
      "targets",
      `${a.name} (${a.prefix}*${a.suffix}) and ${b.name} (${b.prefix}*${b.suffix})`,
      "S3 refuses two targets that take the same object for the same event. Give prefixes (or suffixes) of which none contains the other, or use eventBridge: true.",
    );
  }
  return targets;
}

/** A plain name is claimed at once, an output's as soon as it is known. */
function claimed(bucket: pulumi.Input<string>, owner: string): pulumi.Input<string> {
  if (typeof bucket === "string") {
    claimBucketNotifications(bucket, owner);
    return bucket;
  }
  return pulumi.output(bucket).apply((known) => {
    claimBucketNotifications(known, owner);
    return known;
  });
}

function filter(target: Target): { id: string; events: string[]; filterPrefix?: string; filterSuffix?: string } {
  return {
    id: target.name,
    events: target.events,
    ...(target.prefix === "" ? {} : { filterPrefix: target.prefix }),
    ...(target.suffix === "" ? {} : { filterSuffix: target.suffix }),
  };
}

function invokePermission(
  name: string,
  target: Target,
  bucket: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.lambda.Permission[] {
  if (target.args.functionArn === undefined) return [];
  const parent = { parent: opts.parent };
  const partition = aws.getPartitionOutput({}, parent).partition;
  return [
    new aws.lambda.Permission(
      `${name}-${target.name}`,
      {
        action: "lambda:InvokeFunction",
        function: target.args.functionArn,
        principal: "s3.amazonaws.com",
        sourceArn: pulumi.interpolate`arn:${partition}:s3:::${bucket}`,
        sourceAccount: aws.getCallerIdentityOutput({}, parent).accountId,
      },
      opts,
    ),
  ];
}
