import {
  type PipelineConfig,
  SOURCE_DEFAULTS,
  type SourceConfig,
} from "../../functions/s3-to-dynamodb/shared/contract";

/** A source that is keyed and otherwise as the component leaves it. */
export function keyedSource(settings: Pick<SourceConfig, "name" | "keyFields"> & Partial<SourceConfig>): SourceConfig {
  return { ...SOURCE_DEFAULTS, bucket: "bench-source", format: "csv", shards: 4, ...settings };
}

/** @param maxRecordBytes the longest record that is read */
export function pipelineConfig(source: SourceConfig, maxRecordBytes: number): PipelineConfig {
  return {
    sources: [source],
    limits: {
      maxUnpackedBytes: 8 * 1024 ** 3,
      maxLandedBytes: 64 * 1024 ** 3,
      maxUnpackRatio: 1000,
      maxMembers: 100,
      maxRecordBytes,
      partBytes: 32 * 1024 ** 2,
    },
  };
}
