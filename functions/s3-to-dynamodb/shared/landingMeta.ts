import type { LandingMeta, UploadRecord } from "./contract";

/** The upload record's names, in the order of a landing line. */
export const META = [
  "_source",
  "_bucket",
  "_key",
  "_version",
  "_time",
  "_upload",
  "_record",
] as const satisfies readonly (keyof LandingMeta)[];

/** The members of every landing line of an upload, without the record's number. */
export function landingMeta(upload: UploadRecord): Omit<LandingMeta, "_record"> {
  return {
    _source: upload.source,
    _bucket: upload.bucket,
    _key: upload.key,
    _version: upload.versionId ?? upload.etag,
    _time: upload.time,
    _upload: upload.uploadId,
  };
}

/** How every landing line of an upload begins; the record's number follows. */
export function linePrefix(upload: UploadRecord): string {
  return `${JSON.stringify(landingMeta(upload)).slice(0, -1)},"_record":`;
}
