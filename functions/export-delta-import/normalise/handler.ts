import { CopyObjectCommand } from "@aws-sdk/client-s3";
import type { Context } from "aws-lambda";
import { S3Source } from "../../s3-to-dynamodb/collect/s3";
import { createDynamoDBClient, createS3Client } from "../../shared/aws/awsClients";
import { parseEnvironment } from "../../shared/environment";
import { createLogger } from "../../shared/log";
import { emitMetrics } from "../../shared/metrics";
import { readDeltaConfig } from "../shared/config";
import { invocationDeadline } from "../work/deadline";
import { tables } from "../work/tables";
import { S3WorkBucket } from "../work/workBucket";
import { environment } from "./environment";
import { type Normalised, type NormalisePorts, normalise } from "./normalise";

const env = parseEnvironment(environment);
const log = createLogger("normalise");
const s3 = createS3Client();

const ports: NormalisePorts = {
  ...tables(createDynamoDBClient(), env),
  log,
  config: readDeltaConfig(),
  exports: new S3Source(s3),
  work: new S3WorkBucket(s3, env.WORK_BUCKET),
  copy: async ({ bucket, key, versionId, etag }, to) => {
    const version = versionId === undefined ? "" : `?versionId=${encodeURIComponent(versionId)}`;
    const CopySource = `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}${version}`;
    await s3.send(
      new CopyObjectCommand({
        Bucket: env.WORK_BUCKET,
        Key: to,
        CopySource,
        CopySourceIfMatch: `"${etag}"`,
        // The export's own tags would need to be read.
        TaggingDirective: "REPLACE",
      }),
    );
  },
  limits: {
    partBytes: env.PART_MEGABYTES * 1024 ** 2,
    maxUnpackedBytes: env.MAX_UNPACKED_GIGABYTES * 1024 ** 3,
    maxUnpackRatio: 1_000,
  },
  count: (counts) => emitMetrics(env.PIPELINE, counts),
};

/** Reads one file of an export into parts. */
export function handler(event: unknown, context: Context): Promise<Normalised> {
  log.addContext(context);
  return normalise(event, ports, invocationDeadline(context));
}
