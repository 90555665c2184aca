/** What `pulumi-data-pipelines/bucket-notifications` gives: the one owner of a bucket's notifications. */
export { BucketNotifications, type BucketNotificationsArgs, type BucketTargetArgs } from "../parts/bucketNotifications";
