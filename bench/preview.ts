import { rm } from "node:fs/promises";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { policyDocument, tlsOnly } from "../components/parts/policyDocument";
import { S3ToDynamoDb } from "../index";
import { startServices } from "../local/processes/services";
import { openStack, policyPack } from "../local/run/stack";
import { ensureTools } from "../local/setup/ensureTools";
import { localFolder } from "../local/setup/paths";
import type { Benchmark } from "./benchmark";
import { grouped, median, printTable } from "./table";

const MAX_RATIO = 1.5;

/** `pulumi preview` of S3ToDynamoDb against a program with as many bare resources of the types that sources consist of. */
export const preview: Benchmark = {
  title: `pulumi preview with policies, S3ToDynamoDb against as many bare resources (aim: at most ${MAX_RATIO} times)`,
  run: async ({ full, rounds }) => {
    const tools = await ensureTools();
    const services = await startServices({ tools, logSuffix: "bench" });
    const stateFolder = join(localFolder, "bench-preview");
    const measure = async (program: PulumiFn) => {
      const settings = { "aws:region": "us-east-1" };
      const opened = await openStack({ tools, services, name: "bench", stateFolder, settings, program });
      try {
        const start = performance.now();
        const { changeSummary } = await opened.stack.preview({ policyPacks: [policyPack], color: "never" });
        return { milliseconds: performance.now() - start, resources: changeSummary.create ?? 0 };
      } finally {
        await opened.close();
      }
    };
    try {
      const rows: string[][] = [];
      let met = true;
      // Bundling the functions and the caches of a first run belong to neither.
      await measure(async () => withComponent(1));
      for (const count of full ? [1, 30, 100, 300] : [1, 30]) {
        const ours: number[] = [];
        const bare: number[] = [];
        let resources = 0;
        for (let round = 0; round < rounds; round++) {
          const component = await measure(async () => withComponent(count));
          resources = component.resources;
          ours.push(component.milliseconds);
          bare.push((await measure(async () => withBareResources(resources - 1))).milliseconds);
        }
        const ratio = median(ours) / median(bare);
        met &&= ratio <= MAX_RATIO;
        const perResource = median(ours) / resources;
        rows.push([
          `${count}`,
          `${resources}`,
          ...[ours, bare].map((times) => grouped(median(times))),
          grouped(ratio, 2),
          grouped(perResource, 1),
        ]);
      }
      printTable(["sources", "resources", "ms, median", "bare ms", "ratio", "ms a resource"], rows);
      return met;
    } finally {
      await services.stop();
      await rm(stateFolder, { recursive: true, force: true });
    }
  },
};

function withComponent(count: number): void {
  new S3ToDynamoDb("ingest", { sources: Array.from({ length: count }, (_, i) => ({ name: `source-${i}` })) });
}

/** Buckets, each with its block, as the policy pack wants them, and the settings that a source's bucket has. */
function withBareResources(count: number): void {
  let left = count;
  const more = () => left-- > 0;
  for (let i = 0; more(); i++) {
    const bucket = new aws.s3.Bucket(`b${i}`, { bucket: `bench-${i}` }).bucket;
    const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
    const arn = pulumi.interpolate`arn:aws:s3:::${bucket}`;
    // The pack lets no bucket through without these two.
    left -= 2;
    new aws.s3.BucketPublicAccessBlock(`b${i}-block`, { bucket, ...on });
    new aws.s3.BucketPolicy(`b${i}-p`, {
      bucket,
      policy: policyDocument([tlsOnly("s3", [arn, pulumi.interpolate`${arn}/*`])]),
    });
    if (more()) new aws.s3.BucketVersioning(`b${i}-v`, { bucket, versioningConfiguration: { status: "Enabled" } });
    if (more())
      new aws.s3.BucketOwnershipControls(`b${i}-o`, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } });
  }
}
