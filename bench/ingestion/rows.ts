import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { LandingMeta, UploadRecord } from "../../functions/s3-to-dynamodb/shared/contract";
import { keyedSource, pipelineConfig } from "../shared/pipelineConfig";

/** The table that all contenders load: 42 thousand real rows of six fields. */
export const CSV_PATH = join(__dirname, "../../node_modules/vega-datasets/data/zipcodes.csv");
export const TABLE = "bench-items";

export const source = keyedSource({ name: "zipcodes", keyFields: ["zip_code"] });

export const config = pipelineConfig(source, 16 * 1024 ** 2);

export const upload: UploadRecord = {
  source: source.name,
  bucket: source.bucket,
  key: "2026/zipcodes.csv",
  etag: "9b2cf535f27731c974343645a3985328",
  time: "2026-01-01T00:00:00.000Z",
  size: readFileSync(CSV_PATH).length,
  sequencer: "0055AED6DCD90281E5",
  uploadId: createHash("sha256").update("bench").digest("hex").slice(0, 32),
};

/** A landing line's first members; the peer stores the same, so that both write the same items. */
export function meta(record: number): LandingMeta {
  return {
    _source: upload.source,
    _bucket: upload.bucket,
    _key: upload.key,
    _version: upload.etag,
    _time: upload.time,
    _upload: upload.uploadId,
    _record: record,
  };
}

/** The rows as the lines of a landing part. */
export function landingLines(): string[] {
  const rows: Record<string, string>[] = parse(readFileSync(CSV_PATH), { columns: true });
  return rows.map((row, index) => JSON.stringify({ ...meta(index + 1), ...row }));
}
