import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  requiredPreviewFeatures,
  SnowflakeLanding,
  type SnowflakeLandingArgs,
} from "../../../components/snowflake-landing/snowflakeLanding";
import { type MockOptions, type MockResource, type MockRun, mockAccount, runMocked } from "../mocks";

export const userArn = "arn:aws:iam::999999999999:user/snowflake";
export const channel = "arn:aws:sqs:us-east-1:999999999999:sf-snowpipe";

export function computed({ type }: MockResource): Record<string, unknown> {
  switch (type) {
    case "snowflake:index/storageIntegration:StorageIntegration":
      return { storageAwsIamUserArn: userArn, storageAwsExternalId: "STORAGE_ID" };
    case "snowflake:index/notificationIntegration:NotificationIntegration":
      return { awsSnsIamUserArn: userArn, awsSnsExternalId: "ERRORS_ID" };
    case "snowflake:index/pipe:Pipe":
      return { notificationChannel: channel };
    default:
      return {};
  }
}

export const orders = {
  name: "orders",
  prefix: "landing/orders/",
  columns: [{ name: "id" }, { name: "total", type: "NUMBER(10,2)" }],
};
export const base: SnowflakeLandingArgs = { database: "RAW", schema: "SALES", bucketName: "files", tables: [orders] };
export const items = {
  name: "customers",
  tableName: "customers",
  tableArn: `arn:aws:dynamodb:us-east-1:${mockAccount}:table/customers`,
  streamArn: `arn:aws:dynamodb:us-east-1:${mockAccount}:table/customers/stream/2026-01-01T00:00:00.000`,
};

/** A default provider that signs in as it should. */
export const providerConfig: Record<string, string> = {
  "snowflake:organizationName": "acme",
  "snowflake:accountName": "prod",
  "snowflake:user": "PULUMI",
  "snowflake:role": "DEPLOYER",
  "snowflake:authenticator": "SNOWFLAKE_JWT",
  "snowflake:privateKey": "-----BEGIN PRIVATE KEY-----",
  "snowflake:previewFeaturesEnabled": JSON.stringify(requiredPreviewFeatures),
};

type Options = Record<string, pulumi.CustomResourceOptions>;

/** Runs the component; `options` holds what each resource was registered with. */
export async function run(args: SnowflakeLandingArgs, preview = false, calls?: MockOptions["calls"]) {
  const options: Options = {};
  const note: pulumi.ResourceTransformation = ({ name, opts }) => {
    options[name] = opts;
    return undefined;
  };
  const done = await runMocked(
    () => {
      pulumi.runtime.setAllConfig(providerConfig);
      return new SnowflakeLanding("sales", args, { transformations: [note] });
    },
    { computed, preview, calls },
  );
  return { ...done, options };
}

export function only(done: MockRun<unknown>, type: string): MockResource {
  const found = done.ofType(type);
  assert.equal(found.length, 1, `${found.length} of ${type}`);
  return found[0] as MockResource;
}

export const rejects = (args: SnowflakeLandingArgs, ...words: string[]): Promise<void> =>
  assert.rejects(run(args), (error: Error) => {
    for (const word of words) assert.ok(error.message.includes(word), `${word} is not in: ${error.message}`);
    return true;
  });

/** Statements of a policy among a resource's inputs. */
export function statements(resource: MockResource, input: string): Record<string, unknown>[] {
  return (JSON.parse(String(resource.inputs[input])) as { Statement: Record<string, unknown>[] }).Statement;
}
