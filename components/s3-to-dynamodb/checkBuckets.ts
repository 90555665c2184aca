import * as pulumi from "@pulumi/pulumi";
import type { Limits, PipelineConfig, SourceConfig } from "../../functions/s3-to-dynamodb/shared/contract";
import { ArgumentCheck } from "../parts/arguments";
import { findOverlap } from "../parts/bucketTargets";
import type { Source } from "./pipeline";

/** Checks that need all sources. @throws ArgumentError naming both sources */
export function checkBuckets(check: ArgumentCheck, sources: readonly Source[]): void {
  const names = new Map<string, number>();
  sources.forEach(({ config: { name } }, i) => {
    const first = names.get(name);
    if (first !== undefined)
      check.fail(`sources[${i}].name`, name, `sources[${first}] has this name; give each its own.`);
    names.set(name, i);
  });
  for (const [, members] of byBucket(sources)) {
    const [first] = members;
    if (first.bucketName === undefined) continue;
    const at = (source: Source): string => `sources[${sources.indexOf(source)}]`;
    for (const other of members) {
      for (const key of ["accountId", "manageNotifications", "eventBridge"] as const) {
        if (other[key] !== first[key]) {
          check.fail(
            `${at(other)}.${key}`,
            other[key],
            `${at(first)} has the same bucket and ${JSON.stringify(first[key]) ?? "none"}; a bucket has one ${key}, give both the same.`,
          );
        }
      }
    }
    const pair = findOverlap(members.map(({ config }) => ({ ...config, events: ["s3:ObjectCreated:*"] })));
    if (pair !== undefined) {
      const i = names.get(pair[1].name);
      check.fail(
        `sources[${i}].prefix`,
        pair[1].prefix,
        `It overlaps ${JSON.stringify(pair[0].prefix)} of source "${pair[0].name}" in the same bucket, so an object could belong to both. Give prefixes (or suffixes) of which none contains the other.`,
      );
    }
  }
}

/** Sources of one existing bucket together; names known only later are compared by output, and again when they are known. */
export function byBucket<S extends Source>(sources: readonly S[]): Map<unknown, [S, ...S[]]> {
  const buckets = new Map<unknown, [S, ...S[]]>();
  for (const source of sources) {
    const key: unknown = source.bucketName ?? source;
    const members = buckets.get(key);
    if (members === undefined) buckets.set(key, [source]);
    else members.push(source);
  }
  return buckets;
}

/** A source whose bucket is known. */
type Placed = Pick<Source, "config"> & { readonly bucket: pulumi.Input<string> };

/** Text of `config.json`. Names that were outputs are checked for overlaps here, where they are known. */
export function pipelineConfig(owner: string, sources: readonly Placed[], limits: Limits): pulumi.Output<string> {
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
