import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { DeleteObjectCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import type { Invoke, SyncBucket } from "./play";

export interface LambdaTarget {
  readonly functionName: string;
  /** Role that Fivetran assumes; absent: the caller's own credentials. */
  readonly role?: string;
  readonly externalId?: string;
  /** Of whom assumes the role. @default what the SDK finds */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of STS, Lambda and S3. @default AWS's own, or AWS_ENDPOINT_URL */
  readonly endpoint?: string;
  readonly region?: string;
  /** Sync bucket and what its keys begin with. */
  readonly bucket?: string;
  readonly prefix?: string;
}

/** The function answered with an error. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}

/**
 * Calls a connector that is deployed, as Fivetran does: assumes the role with the External ID, invokes the function and
 * reads the sync bucket with the role's credentials.
 * @throws what STS says when the role can't be assumed, as with a wrong External ID
 */
export async function lambdaConnector(target: LambdaTarget): Promise<{ invoke: Invoke; bucket?: SyncBucket }> {
  const client = { endpoint: target.endpoint, region: target.region, ...(await assumedCredentials(target)) };
  const lambda = new LambdaClient(client);
  return {
    invoke: async (request) => {
      const { Payload, FunctionError: failed } = await lambda.send(
        new InvokeCommand({ FunctionName: target.functionName, Payload: Buffer.from(JSON.stringify(request)) }),
      );
      const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || "null");
      if (failed === undefined) return answer;
      const { errorType, errorMessage } = (answer ?? {}) as Record<string, unknown>;
      throw new FunctionError(`${target.functionName} failed: ${errorType ?? failed}: ${errorMessage ?? "no message"}`);
    },
    ...(target.bucket === undefined ? {} : { bucket: syncBucket(target.bucket, target.prefix ?? "", client) }),
  };
}

async function assumedCredentials({ role, externalId, endpoint, region, credentials }: LambdaTarget) {
  if (role === undefined) return credentials === undefined ? {} : { credentials };
  const sts = new STSClient({ endpoint, region, credentials });
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: role, RoleSessionName: "fivetran-invoke", ExternalId: externalId }),
  );
  sts.destroy();
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken, Expiration } = Credentials ?? {};
  if (!AccessKeyId) throw new Error(`STS gave no credentials for ${role}.`);
  return {
    credentials: {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    },
  };
}

type ClientOptions = ConstructorParameters<typeof S3Client>[0];

function syncBucket(Bucket: string, prefix: string, options: ClientOptions): SyncBucket {
  const s3 = new S3Client({ ...options, forcePathStyle: options?.endpoint !== undefined });
  const run = new Date().toISOString().replace(/[^0-9]/g, "");
  return {
    bucket: Bucket,
    fileOf: (request) => `${prefix}${run}-${request}.json`,
    read: async (Key) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      if (Body === undefined) throw new Error(`s3://${Bucket}/${Key} has no content.`);
      return Body.transformToString();
    },
    remove: async (Key) => {
      await s3.send(new DeleteObjectCommand({ Bucket, Key }));
    },
  };
}
