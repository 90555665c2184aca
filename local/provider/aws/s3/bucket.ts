import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectsCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
} from "@aws-sdk/client-s3";
import { flag, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { region, s3 } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";

export const bucket = defineResource({
  type: "aws:s3/bucket:Bucket",
  properties: {
    bucket: text({ replaces: true }),
    forceDestroy: flag({ default: false, onlyState: true }),
    objectLockEnabled: flag({ replaces: true }),
    tags: tags(),
  },
  naming: { input: "bucket", lowercase: true },
  async create({ bucket: name = "", objectLockEnabled, tags: wanted }) {
    await s3().send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: objectLockEnabled }));
    await putTags(name, wanted);
    return { id: name, outputs: { ...outputsOf(name), tagsAll: wanted ?? {} } };
  },
  async read(id) {
    const head = await found(() => s3().send(new HeadBucketCommand({ Bucket: id })));
    return head && outputsOf(id);
  },
  async update(id, { tags: wanted }) {
    await putTags(id, wanted);
    return { tagsAll: wanted ?? {} };
  },
  async delete(id, { forceDestroy }) {
    if (forceDestroy) await empty(id);
    await unlessGone(() => s3().send(new DeleteBucketCommand({ Bucket: id })));
  },
  lookUp: (id) => ({ bucket: id }),
});

function outputsOf(name: string) {
  return {
    bucket: name,
    arn: `arn:aws:s3:::${name}`,
    bucketDomainName: `${name}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    bucketRegion: region,
    hostedZoneId: "Z3AQBSTGFYJSTF",
  };
}

async function putTags(name: string, wanted: Readonly<Record<string, string>> | undefined): Promise<void> {
  if (Object.keys(wanted ?? {}).length === 0) {
    await unlessGone(() => s3().send(new DeleteBucketTaggingCommand({ Bucket: name })));
    return;
  }
  await s3().send(new PutBucketTaggingCommand({ Bucket: name, Tagging: { TagSet: tagList(wanted) } }));
}

/** Every version and delete marker, a page at a time: listing from the start again, since each page is gone. */
async function empty(name: string): Promise<void> {
  for (;;) {
    const page = await found(() => s3().send(new ListObjectVersionsCommand({ Bucket: name, MaxKeys: 1000 })));
    const objects = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (objects.length === 0) return;
    const { Errors: failed } = await s3().send(
      new DeleteObjectsCommand({ Bucket: name, Delete: { Objects: objects, Quiet: true } }),
    );
    const first = failed?.[0];
    if (first) throw new Error(`emptying ${name}: ${first.Key}: ${first.Code}: ${first.Message}`);
  }
}
