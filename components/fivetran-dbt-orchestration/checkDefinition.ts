import * as pulumi from "@pulumi/pulumi";
import { DefinitionError, validate } from "../parts/asl/validate";
import { orchestration } from "./definition";
import type { FlowReferences, FlowSettings } from "./settings";

const account = "123456789012";
const of = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:${account}:${resource}`;

/** Stands in for what is only known later: the definition's shape doesn't depend on it. */
export const placeholders: FlowReferences = {
  stateMachineArn: of("states", "stateMachine:runs"),
  listConnectionsArn: of("lambda", "function:list-connections"),
  syncConnectionArn: of("lambda", "function:sync-connection"),
  pollConnectionArn: of("lambda", "function:poll-connection"),
  releaseWaitsArn: of("lambda", "function:release-waits"),
  waitsTableArn: of("dynamodb", "table/waits"),
  clusterArn: of("ecs", "cluster/dbt"),
  taskFamily: "dbt",
  taskRoleArn: `arn:aws:iam::${account}:role/dbt-task`,
  executionRoleArn: `arn:aws:iam::${account}:role/dbt-execution`,
  subnetIds: ["subnet-1", "subnet-2"],
  securityGroupIds: ["sg-1"],
  artifactsBucketArn: "arn:aws:s3:::artifacts",
  topicArn: of("sns", "notifications"),
};

/**
 * Checks the definition in the constructor, before anything is registered.
 *
 * @throws pulumi.RunError naming each state that is wrong
 */
export function checkDefinition(owner: string, flow: FlowSettings): void {
  try {
    validate(orchestration(flow, placeholders).definition);
  } catch (error) {
    throw error instanceof DefinitionError ? new pulumi.RunError(`${owner}: ${error.message}`) : error;
  }
}
