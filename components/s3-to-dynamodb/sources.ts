import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf, bucketArnOf } from "../parts/account";
import { notifyBucket } from "../parts/bucketNotifications";
import type { Context } from "../parts/context";
import type { GrantTarget } from "../parts/grants";
import { bucketName, physicalName } from "../parts/naming";
import type { QueueWithDlq } from "../parts/queueWithDlq";
import { type SecureBucket, secureBucket } from "../parts/secureBucket";
import { byBucket } from "./checkBuckets";
import type { Pipeline, Source } from "./pipeline";
import type { Sender } from "./senders";

/** A source whose bucket is known: by a plain name where it is created or given as one. */
export interface PlacedSource extends Source {
  readonly bucket: pulumi.Input<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** Where it was created here. */
  readonly created?: SecureBucket;
}

/** Creates the buckets of the sources that have none. */
export function placeSources(context: Context, { sources, bucketNameSuffix, retention }: Pipeline): PlacedSource[] {
  return sources.map((source) => {
    if (source.bucketName !== undefined) {
      return { ...source, bucket: source.bucketName, bucketArn: bucketArnOf(context.account, source.bucketName) };
    }
    const bucket = bucketName(context.name, `source-${source.name}`, bucketNameSuffix);
    const created = secureBucket(context, `source-${source.name}`, {
      bucketName: bucket,
      noncurrentDays: retention.noncurrentDays,
    });
    return { ...source, bucket, bucketArn: created.arn, created };
  });
}

/** The buckets that send to the collect queue themselves. */
export function bucketSenders({ account }: Context, sources: readonly PlacedSource[]): Sender[] {
  const direct = sources.filter(({ eventBridge }) => !eventBridge);
  return [...byBucket(direct).values()].flatMap(([first]) => {
    const source = first as PlacedSource | undefined;
    if (source === undefined) return [];
    const ownName = source.created === undefined ? undefined : String(source.bucket);
    return [{ arn: source.bucketArn, ownName, accountId: source.accountId ?? account.accountId }];
  });
}

/** The EventBridge rules that send to the collect queue. */
export function ruleSenders({ name, account }: Context, sources: readonly PlacedSource[]): Sender[] {
  return sources
    .filter(({ eventBridge }) => eventBridge)
    .map((source) => {
      const ownName = ruleName(name, source);
      return { arn: arnOf(account, "events", `rule/${ownName}`), ownName, accountId: account.accountId };
    });
}

/** Lets every bucket of one's own tell the queue of new objects. */
export function connectSources(context: Context, sources: readonly PlacedSource[], queue: QueueWithDlq): void {
  const policy = [queue.policy];
  for (const members of byBucket(sources).values()) {
    const placed = members as PlacedSource[];
    const [first] = placed;
    if (first === undefined) continue;
    for (const source of placed) if (source.eventBridge) eventRule(context, source, queue);
    const ours =
      first.created !== undefined || (first.accountId === undefined && first.manageNotifications && !first.eventBridge);
    if (!ours) continue;
    notifyBucket(
      `${context.name}-source-${first.name}-notification`,
      {
        bucket: first.created?.bucketName ?? first.bucket,
        owner: `${context.owner} (source "${first.name}")`,
        eventBridge: first.eventBridge,
        targets: first.eventBridge
          ? []
          : placed.map(({ name, prefix, suffix }) => ({ name, queueArn: queue.arn, prefix, suffix })),
      },
      { parent: context.parent, dependsOn: policy },
    );
  }
}

function ruleName(component: string, source: Source): string {
  return physicalName(component, `source-${source.name}`, "rule");
}

function eventRule(context: Context, source: PlacedSource, queue: QueueWithDlq): void {
  const name = `${context.name}-source-${source.name}-rule`;
  const key = source.prefix === "" ? [] : [{ prefix: source.prefix }];
  const rule = new aws.cloudwatch.EventRule(
    name,
    {
      name: ruleName(context.name, source),
      description: `New objects of source ${source.name}`,
      // The suffix is looked at by the collect function: a pattern takes prefix and suffix only as alternatives.
      eventPattern: pulumi.jsonStringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: { bucket: { name: [source.bucket] }, ...(key.length === 0 ? {} : { object: { key } }) },
      }),
      tags: context.tags,
    },
    { parent: context.parent },
  );
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    { rule: rule.name, arn: queue.arn, targetId: "collect" },
    { parent: context.parent, dependsOn: [queue.policy] },
  );
}

/** What the collect function may read: of each bucket the source's prefix. */
export function sourceTargets(sources: readonly PlacedSource[]): {
  sourceObjects: GrantTarget[];
  sourceBuckets: GrantTarget[];
  sourceKeys: GrantTarget[];
} {
  const keys = new Set(sources.flatMap(({ kmsKeyArn }) => (kmsKeyArn === undefined ? [] : [kmsKeyArn])));
  const length = (bucket: pulumi.Input<string>): number =>
    "arn:aws-us-gov:s3:::".length + (typeof bucket === "string" ? bucket.length : 63);
  return {
    sourceObjects: sources.map(({ bucket, bucketArn, prefix }) => ({
      arn: bucketArn,
      prefix,
      arnLength: length(bucket),
    })),
    sourceBuckets: [...byBucket(sources).values()].flatMap(([first]) => {
      const source = first as PlacedSource | undefined;
      return source === undefined ? [] : [{ arn: source.bucketArn, arnLength: length(source.bucket) }];
    }),
    sourceKeys: [...keys].map((arn) => ({ arn })),
  };
}
