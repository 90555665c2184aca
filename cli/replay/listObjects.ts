import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "./plan";

/** Every object under a prefix, every version of it where the bucket keeps versions; the oldest version of a key first. */
export async function* listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
  since?: Date,
): AsyncGenerator<ListedObject> {
  let key: string | undefined;
  let ofKey: ListedObject[] = [];
  // S3 lists a key's versions newest first, also across pages.
  let page: ListObjectVersionsCommandOutput | undefined;
  do {
    page = await client.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        KeyMarker: page?.NextKeyMarker,
        VersionIdMarker: page?.NextVersionIdMarker,
      }),
    );
    for (const version of page.Versions ?? []) {
      const object = toObject(version);
      if (object === undefined || (since !== undefined && object.time < since)) continue;
      if (object.key !== key) {
        yield* ofKey.reverse();
        ofKey = [];
        key = object.key;
      }
      ofKey.push(object);
    }
  } while (page.IsTruncated);
  yield* ofKey.reverse();
}

function toObject(version: {
  readonly Key?: string;
  readonly VersionId?: string;
  readonly ETag?: string;
  readonly Size?: number;
  readonly LastModified?: Date;
}): ListedObject | undefined {
  const { Key, VersionId, ETag, Size, LastModified } = version;
  // A key that ends in a slash is what the console makes of a "folder".
  if (Key === undefined || ETag === undefined || LastModified === undefined || Key.endsWith("/")) return undefined;
  return {
    key: Key,
    ...(VersionId === undefined || VersionId === "null" ? {} : { versionId: VersionId }),
    etag: ETag.replaceAll('"', ""),
    size: Size ?? 0,
    time: LastModified,
  };
}
