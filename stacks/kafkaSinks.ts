/** The Kafka sinks of a stack. */
import type * as pulumi from "@pulumi/pulumi";
import { KafkaLambdaSink } from "../components/kafka-lambda-sink/kafkaLambdaSink";
import type { KafkaSinkSettings, StackConfig } from "./schema";

/** By sink: what the brokers have to let in, and where to look. */
export type KafkaSinkOutputs = Readonly<Record<string, KafkaSinkOutput>>;

export interface KafkaSinkOutput {
  readonly consumerGroup: pulumi.Output<string>;
  /** The brokers' security group lets it in. */
  readonly securityGroupId: pulumi.Output<string>;
  /** Another account's role trusts it. */
  readonly taskRoleArn: pulumi.Output<string>;
  readonly clusterArn: pulumi.Output<string>;
  readonly serviceName: pulumi.Output<string>;
  readonly logGroupName: pulumi.Output<string>;
  readonly dashboardUrl: pulumi.Output<string>;
}

export function kafkaSinks(config: StackConfig): KafkaSinkOutputs {
  return Object.fromEntries(config.kafkaSinks.map((settings) => [settings.name, outputsOf(settings, config)]));
}

function outputsOf({ name, ...settings }: KafkaSinkSettings, config: StackConfig): KafkaSinkOutput {
  const sink = new KafkaLambdaSink(`kafka-${name}`, {
    ...settings,
    alarmTopicArn: config.alarmTopicArn,
    logRetentionDays: config.logRetentionDays,
    allowDestroy: config.allowDestroy,
  });
  const { consumerGroup, securityGroupId, taskRoleArn, clusterArn, serviceName, logGroupName, dashboardUrl } = sink;
  return { consumerGroup, securityGroupId, taskRoleArn, clusterArn, serviceName, logGroupName, dashboardUrl };
}
