import {
  type BucketVersioningStatus,
  GetBucketVersioningCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { block, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { s3 } from "../clients";
import { found, unlessGone } from "../errors";

interface Configuration {
  readonly status: BucketVersioningStatus | "Disabled";
}

export const bucketVersioning = defineResource({
  type: "aws:s3/bucketVersioning:BucketVersioning",
  properties: {
    bucket: text({ required: true, replaces: true }),
    versioningConfiguration: block<Configuration>()({ required: true }),
  },
  async create({ bucket, versioningConfiguration: { status } }) {
    await put(bucket, status);
    return { id: bucket };
  },
  async read(id, { versioningConfiguration }) {
    const seen = await found(() => s3().send(new GetBucketVersioningCommand({ Bucket: id })));
    return seen && { versioningConfiguration: { ...versioningConfiguration, status: seen.Status ?? "Disabled" } };
  },
  async update(id, { versioningConfiguration: { status } }) {
    await put(id, status);
    return {};
  },
  async delete(id) {
    // Versioning can't be taken away, only suspended.
    await unlessGone(() => put(id, "Suspended"));
  },
});

async function put(bucket: string, status: Configuration["status"]): Promise<void> {
  // A bucket whose versioning was never on says so by having no configuration.
  if (status === "Disabled") return;
  await s3().send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: status } }));
}
