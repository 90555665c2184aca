import type { StackFinding, StackRule } from "../../model/rule";
import { principalsOf } from "../../principals/principals";
import type { Workload } from "../../principals/workloads";

const functionType = "aws:lambda/function:Function";
const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

/** P30: each function and task its own role. */
export const sharedRoles: StackRule = {
  id: "P30",
  name: "iam-role-per-workload",
  title: "A role for each function and task",
  level: "mandatory",
  severity: "high",
  why: "With a shared role each function may do what any of them needs.",
  details:
    "A role that two functions run with is refused, and one that a task both is started with (execution role) and runs with, also of two task definitions; a role that a function shares " +
    "with anything else that runs is refused too. Two task definitions may share an execution role. Secrets in a function's environment are rule P40.",
  sources: ["checkov CKV_AWS_249", "AWS Lambda developer guide: execution roles"],
  wrong: {
    resources: [
      { type: functionType, name: "collect", props: { role: roleArn("pipeline") } },
      { type: functionType, name: "load", props: { role: roleArn("pipeline") } },
    ],
  },
  right: {
    resources: [
      { type: functionType, name: "collect", props: { role: roleArn("collect") } },
      { type: functionType, name: "load", props: { role: roleArn("load") } },
    ],
  },
  scope: "stack",
  *check(resources) {
    const { workloads } = principalsOf(resources);
    const byRole = new Map<string, Workload[]>();
    for (const each of workloads) byRole.set(each.role, [...(byRole.get(each.role) ?? []), each]);
    for (const sharing of byRole.values()) yield* shared(sharing);
  },
};

function* shared(workloads: readonly Workload[]): Generator<StackFinding> {
  const running = workloads.filter(({ as }) => as !== "task execution");
  const [first, ...others] = running;
  const functions = running.filter(({ as }) => as === "function");
  if (first && others.length > 0 && functions.length > 0) {
    const named = running.map(({ as, resource }) => `the ${as} ${resource.name}`).join(" and ");
    const last = functions.at(-1) as Workload;
    const fix = `give ${last.resource.name} a role of its own, with what it needs alone`;
    yield { urn: last.resource.urn, message: `${named} run with one role`, fix };
  }
  const execution = workloads.find(({ as }) => as === "task execution");
  const task = running[0];
  if (!execution || !task) return;
  const message = `the ${task.as} ${task.resource.name} runs with the execution role of ${execution.resource.name}`;
  const fix = "give the task a role of its own: the execution role is for pulling the image, logs and secrets";
  yield { urn: task.resource.urn, message, fix };
}
