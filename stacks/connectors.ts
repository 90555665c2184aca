/** The Fivetran connectors of a stack. */
import type * as pulumi from "@pulumi/pulumi";
import { FivetranConnector } from "../components/fivetran-connector/fivetranConnector";
import type { ConnectorSettings, StackConfig } from "./schema";

/** By connector: what Fivetran's form asks for. */
export type ConnectorOutputs = Readonly<Record<string, ConnectorOutput>>;

export interface ConnectorOutput {
  /** JSON text: what to paste into which field. */
  readonly fivetranForm: pulumi.Output<string>;
  readonly externalId: pulumi.Output<string>;
  readonly roleArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  /** Empty where the rows are in the answers. */
  readonly bucketName: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
}

export function fivetranConnectors(config: StackConfig): ConnectorOutputs {
  return Object.fromEntries(config.connectors.map((settings) => [settings.name, outputsOf(settings, config)]));
}

function outputsOf({ name, ...settings }: ConnectorSettings, config: StackConfig): ConnectorOutput {
  const connector = new FivetranConnector(`connector-${name}`, {
    ...settings,
    bucketNameSuffix: settings.syncMethod === "s3" ? config.bucketNameSuffix : undefined,
    alarmTopicArn: config.alarmTopicArn,
    logRetentionDays: config.logRetentionDays,
    allowDestroy: config.allowDestroy,
  });
  const { fivetranForm, externalId, roleArn, functionName, region, bucketName, logGroupName } = connector;
  return { fivetranForm, externalId, roleArn, functionName, region, bucketName, logGroupName };
}
