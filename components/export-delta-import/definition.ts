import { machine } from "../parts/asl/flow";
import type { Definition, Need } from "../parts/asl/types";
import { beginStates } from "./flow/begin";
import { compareStates } from "./flow/compare";
import { endStates } from "./flow/end";
import { approvalStates, publishStates } from "./flow/publish";
import type { FlowReferences, FlowSettings } from "./settings";

export interface ImportFlow {
  readonly definition: Definition;
  /** What the state machine's role must be allowed, and nothing else. */
  readonly needs: readonly Need[];
}

/** The state machine as data: take the table, read, compare, ask, publish, wait for the targets, let go. */
export function importFlow(settings: FlowSettings, references: FlowReferences): ImportFlow {
  const { StartAt, States, needs } = machine("Take input", {
    ...beginStates(settings, references),
    ...compareStates(settings, references),
    ...approvalStates(settings, references),
    ...publishStates(settings, references),
    ...endStates(settings, references),
  });
  return {
    definition: {
      Comment: "Makes the targets of a table equal to its newest full export",
      QueryLanguage: "JSONata",
      StartAt,
      TimeoutSeconds: settings.importTimeout,
      States,
    },
    needs,
  };
}

const account = "123456789012";
const of = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:${account}:${resource}`;

/** Stand in for what is only known later: the definition's shape doesn't depend on it. */
export const placeholders: FlowReferences = {
  normaliseArn: of("lambda", "function:normalise"),
  controlArn: of("lambda", "function:control"),
  publishArn: of("lambda", "function:publish"),
  workgroupArn: of("athena", "workgroup/imports"),
  databaseArn: of("glue", "database/imports"),
  workBucketArn: "arn:aws:s3:::work",
  registryTableName: "registry",
  topicArn: of("sns", "notifications"),
};
