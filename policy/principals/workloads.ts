/** What runs with a role: functions, tasks, state machines, instances. */
import type { Resource } from "../model/rule";
import { isRecord } from "../model/shape";
import type { References } from "./references";

export interface Workload {
  readonly resource: Resource;
  /** `function`, `task`, `task execution`, … */
  readonly as: string;
  /** The role in the stack, by URN; else the ARN that is given. */
  readonly role: string;
}

const batchJob = "aws:batch/jobDefinition:JobDefinition";

/** Type → property → as what the role is used. */
const uses: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "aws:lambda/function:Function": { role: "function" },
  "aws:ecs/taskDefinition:TaskDefinition": { taskRoleArn: "task", executionRoleArn: "task execution" },
  [batchJob]: { jobRoleArn: "task", executionRoleArn: "task execution" },
  "aws:sfn/stateMachine:StateMachine": { roleArn: "state machine" },
  "aws:pipes/pipe:Pipe": { roleArn: "pipe" },
  "aws:cloudwatch/eventTarget:EventTarget": { roleArn: "event target" },
  "aws:iam/instanceProfile:InstanceProfile": { role: "instance" },
  "aws:codebuild/project:Project": { serviceRole: "build" },
  "aws:glue/job:Job": { roleArn: "job" },
  "aws:sagemaker/notebookInstance:NotebookInstance": { roleArn: "notebook" },
  "aws:cloudformation/stack:Stack": { iamRoleArn: "stack" },
};

/** A batch job's roles stand inside the text of its container. */
function withContainer(resource: Resource): Resource {
  const { type, props } = resource;
  const text = props.containerProperties;
  if (type !== batchJob || typeof text !== "string") return resource;
  try {
    const container: unknown = JSON.parse(text);
    return isRecord(container) ? { ...resource, props: container } : resource;
  } catch {
    return resource;
  }
}

export function workloadsOf(resources: readonly Resource[], known: References): readonly Workload[] {
  return resources.flatMap((resource) =>
    Object.entries(uses[resource.type] ?? {}).flatMap(([property, as]) => {
      const from = withContainer(resource);
      const [role] = known.named(from, property, "aws:iam/role:Role");
      const given = from.props[property];
      const named = role?.urn ?? (typeof given === "string" && given !== "" ? given : undefined);
      return named === undefined ? [] : [{ resource, as, role: named }];
    }),
  );
}
