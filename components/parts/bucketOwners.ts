import * as pulumi from "@pulumi/pulumi";

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
