import type { OutputMap } from "@pulumi/pulumi/automation";
import type { DeployedConnector } from "../fivetran/syncConnector";

/** The outputs of the local stack that a run needs, as plain values. */
export interface LocalOutputs {
  readonly sourceBuckets: Readonly<Record<string, string>>;
  readonly tableName: string;
  readonly ledgerTableName: string;
  readonly landingBucketName: string;
  readonly collectQueueUrl: string;
  readonly collectDlqUrl: string;
  readonly loadQueueUrl: string;
  readonly loadDlqUrl: string;
  readonly collectFunctionName: string;
  readonly loadFunctionName: string;
  readonly snowflake: Readonly<Record<string, { readonly bucketName: string }>>;
  readonly connectors: Readonly<Record<string, Omit<DeployedConnector, "name" | "bucketPrefix">>>;
  readonly orchestration?: LocalOrchestration;
  readonly imports?: LocalImports;
  readonly kafkaSinks?: Readonly<Record<string, { readonly consumerGroup: string }>>;
}

/** Where exports go, and what tells what has become of them. */
export interface LocalImports {
  readonly exportsBucketName: string;
  readonly registryTableName: string;
  readonly targetTableName: string;
}

/** What a run of the orchestration is started and looked at by. */
export interface LocalOrchestration {
  readonly groupId: string;
  readonly webhookUrl: string;
  readonly webhookSecretArn: string;
  readonly stateMachineArn: string;
  readonly artifactsBucketName: string;
  readonly waitsTableName: string;
}

/** @throws Error naming the output that the stack doesn't have */
export function readOutputs(outputs: OutputMap): LocalOutputs {
  const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  for (const name of [
    "sourceBuckets",
    "tableName",
    "ledgerTableName",
    "landingBucketName",
    "snowflake",
    "connectors",
  ]) {
    if (values[name] === undefined) throw new Error(`the stack has no output ${name}; see stacks/program.ts`);
  }
  return { connectors: {}, ...values } as unknown as LocalOutputs;
}
