import { type Machine, machine } from "../parts/asl/flow";
import type { Definition, Need } from "../parts/asl/types";
import { connectionsStates } from "./flow/connections";
import { dbtStates } from "./flow/dbt";
import { lockStates, queueState, releaseState, skipState } from "./flow/lock";
import { outcomeStates } from "./flow/outcome";
import { prepareStates } from "./flow/prepare";
import type { FlowReferences, FlowSettings } from "./settings";

const account = "123456789012";
const of = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:${account}:${resource}`;

/** Stands in for what is only known later: the definition's shape doesn't depend on it. */
export const placeholders: FlowReferences = {
  stateMachineArn: of("states", "stateMachine:runs"),
  listConnectionsArn: of("lambda", "function:list-connections"),
  syncConnectionArn: of("lambda", "function:sync-connection"),
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

export interface Orchestration {
  readonly definition: Definition;
  /** What the state machine's role must be allowed, and nothing else. */
  readonly needs: readonly Need[];
}

/** The state machine as data: lock, list, sync each connection, dbt, outcome. */
export function orchestration(settings: FlowSettings, references: FlowReferences): Orchestration {
  const { StartAt, States, needs } = flow(settings, references);
  return {
    definition: {
      Comment: `Syncs the Fivetran group ${settings.groupId}, then runs dbt`,
      QueryLanguage: "JSONata",
      StartAt,
      TimeoutSeconds: settings.runTimeout,
      States,
    },
    needs,
  };
}

function flow(settings: FlowSettings, references: FlowReferences): Machine {
  // Runs side by side have no lock, and no state of it that nothing leads to.
  if (settings.overlap === "allow") {
    return machine("Prepare run", {
      ...prepareStates(settings, "List connections"),
      ...connectionsStates(settings, references),
      ...dbtStates(settings, references, "How did the run end"),
      ...outcomeStates(settings, references, "How did the run end"),
    });
  }
  return machine<string>("Prepare run", {
    ...prepareStates(settings, "Take run lock"),
    ...lockStates(settings, references),
    // Either leads nowhere else, so the flow of one has no state of the other.
    ...(settings.overlap === "queue" ? queueState(settings) : skipState()),
    ...connectionsStates(settings, references),
    ...dbtStates(settings, references, "Release run lock"),
    ...outcomeStates(settings, references, "Release run lock"),
    ...releaseState(references),
  });
}
