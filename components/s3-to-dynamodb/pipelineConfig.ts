import * as pulumi from "@pulumi/pulumi";
import type { Limits, PipelineConfig, SourceConfig } from "../../functions/s3-to-dynamodb/shared/contract";
import { ArgumentCheck } from "../parts/arguments";
import { findOverlap } from "../parts/bucketTargets";
import type { PlacedSource } from "./sources";

/** Text of `config.json`. Names that were outputs are looked at for overlaps here, where they are known. */
export function pipelineConfig(owner: string, sources: readonly PlacedSource[], limits: Limits): pulumi.Output<string> {
  return pulumi.all(sources.map(({ bucket }) => bucket)).apply((buckets) => {
    const complete = sources.map(({ config }, i) => ({ ...config, bucket: buckets[i] as string }));
    checkOverlaps(new ArgumentCheck(owner), complete);
    const config: PipelineConfig = { sources: complete, limits };
    return JSON.stringify(config);
  });
}

function checkOverlaps(check: ArgumentCheck, sources: readonly SourceConfig[]): void {
  const buckets = new Map<string, (SourceConfig & { events: string[] })[]>();
  for (const source of sources) {
    const members = buckets.get(source.bucket) ?? [];
    members.push({ ...source, events: ["s3:ObjectCreated:*"] });
    buckets.set(source.bucket, members);
  }
  for (const [bucket, members] of buckets) {
    const pair = findOverlap(members);
    if (pair !== undefined) {
      check.fail(
        "sources",
        `${pair[0].name} and ${pair[1].name}`,
        `Both take objects of the bucket ${bucket} and their prefixes overlap. Give prefixes (or suffixes) of which none contains the other.`,
      );
    }
  }
}
