/** The Fivetran and dbt runs of a stack. */
import type * as pulumi from "@pulumi/pulumi";
import { FivetranDbtOrchestration } from "../components/fivetran-dbt-orchestration/fivetranDbtOrchestration";
import type { OrchestrationSettings, StackConfig } from "./schema";

export interface OrchestrationOutputs {
  readonly groupId: pulumi.Output<string>;
  readonly webhookUrl: pulumi.Output<string>;
  readonly webhookSecretArn: pulumi.Output<string>;
  readonly apiSecretArn: pulumi.Output<string>;
  /** Run once: registers the webhook and fills its secret. */
  readonly registerWebhookCommand: pulumi.Output<string>;
  readonly stateMachineArn: pulumi.Output<string>;
  readonly mapMode: pulumi.Output<string>;
  readonly waitsTableName: pulumi.Output<string>;
  readonly artifactsBucketName: pulumi.Output<string>;
  /** Empty where an image is given. */
  readonly repositoryUrl: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  readonly dbtLogGroupName: pulumi.Output<string>;
  readonly alarmTopicArn: pulumi.Output<string>;
  readonly dashboardUrl: pulumi.Output<string>;
}

export function orchestration(config: StackConfig, settings: OrchestrationSettings): OrchestrationOutputs {
  const made = new FivetranDbtOrchestration("orchestration", {
    ...settings,
    alarmTopicArn: config.alarmTopicArn,
    logRetentionDays: config.logRetentionDays,
    bucketNameSuffix: config.bucketNameSuffix,
    allowDestroy: config.allowDestroy,
  });
  const { groupId, webhookUrl, webhookSecretArn, apiSecretArn, registerWebhookCommand } = made;
  const { stateMachineArn, mapMode, waitsTableName, artifactsBucketName, repositoryUrl } = made;
  const { clusterArn, dbtLogGroupName, alarmTopicArn, dashboardUrl } = made;
  return {
    groupId,
    webhookUrl,
    webhookSecretArn,
    apiSecretArn,
    registerWebhookCommand,
    stateMachineArn,
    mapMode,
    waitsTableName,
    artifactsBucketName,
    repositoryUrl,
    clusterArn,
    dbtLogGroupName,
    alarmTopicArn,
    dashboardUrl,
  };
}
