import assert from "node:assert/strict";
import type { S3Client } from "@aws-sdk/client-s3";
import { listObjects } from "../../../../cli/replay/listObjects";

interface Listed {
  readonly Key: string;
  readonly VersionId?: string;
  readonly ETag?: string;
  readonly Size?: number;
  readonly LastModified?: Date;
}

const AT = new Date("2026-01-02T00:00:00.000Z");
const BEFORE = new Date("2026-01-01T00:00:00.000Z");

function version(Key: string, VersionId: string, LastModified = AT): Listed {
  return { Key, VersionId, ETag: `"etag of ${VersionId}"`, Size: 3, LastModified };
}

/** Lists pages, and keeps what was asked for. */
async function list(pages: readonly (readonly Listed[])[], since?: Date) {
  const asked: object[] = [];
  const client = {
    send: async ({ input }: { readonly input: object }) => {
      const page = asked.push(input);
      const IsTruncated = page < pages.length;
      return {
        Versions: pages[page - 1],
        IsTruncated,
        ...(IsTruncated ? { NextKeyMarker: `key ${page}`, NextVersionIdMarker: `version ${page}` } : {}),
      };
    },
  };
  const objects: { key: string; versionId?: string; etag: string }[] = [];
  for await (const object of listObjects(client as unknown as S3Client, "in", "a/", since)) objects.push(object);
  return { objects, asked };
}

describe("replay: listing objects", () => {
  it("I6: a key's versions come oldest first, also when they stand on two pages", async () => {
    const { objects, asked } = await list([
      [version("a/1", "3"), version("a/1", "2")],
      [version("a/1", "1"), version("a/2", "1")],
    ]);
    assert.deepEqual(
      objects.map(({ key, versionId }) => `${key} ${versionId}`),
      ["a/1 1", "a/1 2", "a/1 3", "a/2 1"],
    );
    assert.deepEqual(asked, [
      { Bucket: "in", Prefix: "a/", KeyMarker: undefined, VersionIdMarker: undefined },
      { Bucket: "in", Prefix: "a/", KeyMarker: "key 1", VersionIdMarker: "version 1" },
    ]);
  });

  it("I6: an object of a bucket without versions has no version; its ETag has no quotes", async () => {
    const { objects } = await list([[{ ...version("a/1", "null"), ETag: '"abc"' }]]);
    assert.deepEqual(objects, [{ key: "a/1", etag: "abc", size: 3, time: AT }]);
  });

  it("I6: folders of the console, and what is older than asked for, are left out", async () => {
    const { objects } = await list([[version("a/", "1"), version("a/1", "2"), version("a/1", "1", BEFORE)]], AT);
    assert.deepEqual(
      objects.map(({ versionId }) => versionId),
      ["2"],
    );
  });
});
