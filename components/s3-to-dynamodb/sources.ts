import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Account, arnOf, bucketArnOf } from "../parts/account";
import { notifyBucket } from "../parts/bucketNotifications";
import type { Context } from "../parts/context";
import type { GrantTarget } from "../parts/grants";
import { bucketName, bucketNameBeginning, physicalName } from "../parts/naming";
import type { QueueWithDlq } from "../parts/queueWithDlq";
import { type SecureBucket, secureBucket } from "../parts/secureBucket";
import { byBucket } from "./checkBuckets";
import type { Pipeline, Source } from "./pipeline";
import type { Sender } from "./senders";

/** A source whose bucket is known. */
export interface PlacedSource extends Source {
  readonly bucket: pulumi.Input<string>;
  readonly bucketArn: pulumi.Output<string>;
  /** Where it was created here; how its name begins is known at once. */
  readonly created?: SecureBucket & { readonly nameBeginning: string };
}

/** Creates the buckets of the sources that have none. */
export function placeSources(context: Context, { sources, bucketNameSuffix, retention }: Pipeline): PlacedSource[] {
  return sources.map((source) => {
    if (source.bucketName !== undefined) {
      return { ...source, bucket: source.bucketName, bucketArn: bucketArnOf(context.account, source.bucketName) };
    }
    const { allowDestroy } = source;
    const part = `source-${source.config.name}`;
    const bucket = bucketName(context, part, bucketNameSuffix);
    const created = secureBucket({ ...context, allowDestroy }, part, {
      bucketName: bucket,
      noncurrentDays: retention.noncurrentDays,
    });
    const nameBeginning = bucketNameBeginning(context.name, part, bucketNameSuffix);
    return { ...source, bucket, bucketArn: created.arn, created: { ...created, nameBeginning } };
  });
}

/** The buckets that send to the collect queue themselves. */
export function bucketSenders({ account }: Context, sources: readonly PlacedSource[]): Sender[] {
  const direct = sources.filter(({ eventBridge }) => !eventBridge);
  return [...byBucket(direct).values()].map(([{ bucketArn, created, accountId }]) => ({
    arn: bucketArn,
    ownName: created?.nameBeginning,
    accountId: accountId ?? account.accountId,
  }));
}

/** The EventBridge rules that send to the collect queue. */
export function ruleSenders({ name, account }: Context, sources: readonly PlacedSource[]): Sender[] {
  return sources
    .filter(({ eventBridge }) => eventBridge)
    .map((source) => {
      const ownName = ruleName(name, source);
      return { arn: ruleArn(account, ownName), ownName, accountId: account.accountId };
    });
}

export function ruleArn(account: Account, name: string): pulumi.Output<string> {
  return arnOf(account, "events", `rule/${name}`);
}

/** Lets every bucket of this account send its events to the queue. */
export function connectSources(context: Context, sources: readonly PlacedSource[], queue: QueueWithDlq): void {
  for (const placed of byBucket(sources).values()) {
    const [first] = placed;
    for (const source of placed) if (source.eventBridge) eventRule(context, source, queue);
    const ours =
      first.created !== undefined || (first.accountId === undefined && first.manageNotifications && !first.eventBridge);
    if (!ours) continue;
    const { name } = first.config;
    const targets = placed.map(({ config }) => ({ ...config, queueArn: queue.arn }));
    notifyBucket(
      `${context.name}-source-${name}-notification`,
      {
        bucket: first.created?.bucketName ?? first.bucket,
        owner: `${context.owner} (source "${name}")`,
        eventBridge: first.eventBridge,
        targets: first.eventBridge ? [] : targets,
      },
      { parent: context.parent, dependsOn: [queue.policy] },
    );
  }
}

function ruleName(component: string, source: Source): string {
  return physicalName(component, `source-${source.config.name}`, "rule");
}

function eventRule(context: Context, source: PlacedSource, queue: QueueWithDlq): void {
  const { name: sourceName, prefix } = source.config;
  const name = `${context.name}-source-${sourceName}-rule`;
  const rule = new aws.cloudwatch.EventRule(
    name,
    {
      name: ruleName(context.name, source),
      description: `New objects of source ${sourceName}`,
      // The collect function checks the suffix: a pattern takes prefix and suffix only as alternatives.
      eventPattern: pulumi.jsonStringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [source.bucket] },
          object: prefix === "" ? undefined : { key: [{ prefix }] },
        },
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
    sourceObjects: sources.map(({ bucket, bucketArn, config: { prefix } }) => ({
      arn: bucketArn,
      prefix,
      arnLength: length(bucket),
    })),
    sourceBuckets: [...byBucket(sources).values()].map(([{ bucket, bucketArn }]) => ({
      arn: bucketArn,
      arnLength: length(bucket),
    })),
    sourceKeys: [...keys].map((arn) => ({ arn })),
  };
}
