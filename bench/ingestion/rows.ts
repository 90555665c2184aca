import { statSync } from "node:fs";
import { join } from "node:path";
import { landingMeta, uploadOrder, uploadRecord } from "../../functions/s3-to-dynamodb/shared/upload";
import { keyedSource, pipelineConfig } from "../shared/pipelineConfig";

/** The table that both contenders load: 42 thousand real rows of six fields. */
export const CSV_PATH = join(__dirname, "../../node_modules/vega-datasets/data/zipcodes.csv");
export const TABLE = "bench-items";

export const source = keyedSource({ name: "zipcodes", keyFields: ["zip_code"] });

export const config = pipelineConfig(source, 16 * 1024 ** 2);

/** The object that the file is in the source bucket. */
export const FILE = {
  key: "2026/zipcodes.csv",
  etag: "9b2cf535f27731c974343645a3985328",
  time: "2026-01-01T00:00:00.000Z",
  size: statSync(CSV_PATH).size,
};

export const upload = uploadRecord({ source: source.name, bucket: source.bucket, ...FILE, sequencer: "01" });

/** What every item says of where it comes from, so that the peer writes the same items. */
export const META = { ...landingMeta(upload), _order: uploadOrder(upload, 1) };
