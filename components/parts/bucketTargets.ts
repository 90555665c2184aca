import * as pulumi from "@pulumi/pulumi";
/** Pure rules of a bucket's notification configuration: no Pulumi here. */

/** What every target of a bucket's events has. */
export interface TargetFilter {
  /** Names the target in errors. */
  readonly name: string;
  /** For example `s3:ObjectCreated:*`. */
  readonly events: readonly string[];
  readonly prefix: string;
  readonly suffix: string;
}

/** S3 refuses more configurations than this on one bucket. */
export const maxTargets = 100;

/** True if an object and an event exist that both filters take. */
export function overlap(a: TargetFilter, b: TargetFilter): boolean {
  return (
    a.events.some((x) => b.events.some((y) => eventsOverlap(x, y))) &&
    (a.prefix.startsWith(b.prefix) || b.prefix.startsWith(a.prefix)) &&
    (a.suffix.endsWith(b.suffix) || b.suffix.endsWith(a.suffix))
  );
}

function eventsOverlap(a: string, b: string): boolean {
  const stem = (event: string): string => event.replace(/\*$/, "");
  return a === b || (a.endsWith("*") && b.startsWith(stem(a))) || (b.endsWith("*") && a.startsWith(stem(b)));
}

/**
 * The first two targets that overlap, which S3 refuses whatever the targets are.
 * Sorted by prefix, so that only neighbours that share a prefix are compared: linear for many distinct prefixes.
 */
export function findOverlap<T extends TargetFilter>(targets: readonly T[]): readonly [T, T] | undefined {
  const sorted = [...targets].sort((a, b) => (a.prefix < b.prefix ? -1 : a.prefix > b.prefix ? 1 : 0));
  for (const [i, first] of sorted.entries()) {
    for (let j = i + 1; j < sorted.length; j++) {
      const second = sorted[j] as T;
      if (!second.prefix.startsWith(first.prefix)) break;
      if (overlap(first, second)) return [first, second];
    }
  }
  return undefined;
}

/**
 * Who sets the notifications of which bucket, per program. A weak map keyed by the monitor, because the Automation
 * API runs several programs (a preview, then an update) in one process.
 */
const programs = new WeakMap<object, Map<string, string>>();

/**
 * Makes `owner` the only one that sets the bucket's notifications in this program.
 *
 * @throws pulumi.RunError naming both owners when there is another already
 */
export function claimBucketNotifications(bucket: string, owner: string): void {
  const program: object = pulumi.runtime.getMonitor() ?? programs;
  const owners = programs.get(program) ?? new Map<string, string>();
  programs.set(program, owners);
  const other = owners.get(bucket);
  if (other !== undefined) {
    throw new pulumi.RunError(
      `Bucket "${bucket}": ${other} sets its notifications already, and so does ${owner}. S3 keeps one notification ` +
        "configuration per bucket, so that the second would remove the first. Pass the targets of both to one " +
        "BucketNotifications and switch the other off (manageNotifications: false), or let one of them read the " +
        "bucket's events from EventBridge (eventBridge: true).",
    );
  }
  owners.set(bucket, owner);
}
