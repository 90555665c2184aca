import {
  DeleteBucketLifecycleCommand,
  type ExpirationStatus,
  GetBucketLifecycleConfigurationCommand,
  type LifecycleRule,
  PutBucketLifecycleConfigurationCommand,
  type TransitionStorageClass,
} from "@aws-sdk/client-s3";
import { blocks, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { s3 } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";

interface Rule {
  readonly id: string;
  readonly status: ExpirationStatus;
  readonly prefix?: string;
  readonly filter?: {
    readonly prefix?: string;
    readonly objectSizeGreaterThan?: number;
    readonly objectSizeLessThan?: number;
    readonly tag?: { readonly key: string; readonly value: string };
    readonly and?: { readonly prefix?: string; readonly tags?: Readonly<Record<string, string>> };
  };
  readonly expiration?: {
    readonly date?: string;
    readonly days?: number;
    readonly expiredObjectDeleteMarker?: boolean;
  };
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation?: number };
  readonly noncurrentVersionExpiration?: { readonly noncurrentDays: number; readonly newerNoncurrentVersions?: number };
  readonly transitions?: readonly { readonly days?: number; readonly storageClass: TransitionStorageClass }[];
}

export const bucketLifecycleConfiguration = defineResource({
  type: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  properties: { bucket: text({ required: true, replaces: true }), rules: blocks<Rule>()({ required: true }) },
  async create({ bucket, rules }) {
    await put(bucket, rules);
    return { id: bucket };
  },
  async read(id) {
    return (await found(() => s3().send(new GetBucketLifecycleConfigurationCommand({ Bucket: id })))) && {};
  },
  async update(id, { rules }) {
    await put(id, rules);
    return {};
  },
  async delete(id) {
    await unlessGone(() => s3().send(new DeleteBucketLifecycleCommand({ Bucket: id })));
  },
});

async function put(bucket: string, rules: readonly Rule[]): Promise<void> {
  await s3().send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: { Rules: rules.map(asRequest) },
    }),
  );
}

function asRequest(rule: Rule): LifecycleRule {
  const { filter, expiration } = rule;
  return {
    ID: rule.id,
    Status: rule.status,
    Filter: {
      Prefix: filter?.and ? undefined : (filter?.prefix ?? rule.prefix ?? (filter?.tag ? undefined : "")),
      ObjectSizeGreaterThan: filter?.objectSizeGreaterThan,
      ObjectSizeLessThan: filter?.objectSizeLessThan,
      Tag: filter?.tag && { Key: filter.tag.key, Value: filter.tag.value },
      And: filter?.and && { Prefix: filter.and.prefix, Tags: tagList(filter.and.tags) },
    },
    Expiration: expiration && {
      Date: expiration.date === undefined ? undefined : new Date(expiration.date),
      Days: expiration.days,
      ExpiredObjectDeleteMarker: expiration.expiredObjectDeleteMarker,
    },
    AbortIncompleteMultipartUpload: rule.abortIncompleteMultipartUpload && {
      DaysAfterInitiation: rule.abortIncompleteMultipartUpload.daysAfterInitiation,
    },
    NoncurrentVersionExpiration: rule.noncurrentVersionExpiration && {
      NoncurrentDays: rule.noncurrentVersionExpiration.noncurrentDays,
      NewerNoncurrentVersions: rule.noncurrentVersionExpiration.newerNoncurrentVersions,
    },
    Transitions: rule.transitions?.map(({ days, storageClass }) => ({ Days: days, StorageClass: storageClass })),
  };
}
