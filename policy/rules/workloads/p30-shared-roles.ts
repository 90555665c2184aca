import type { Resource, StackFinding, StackRule } from "../../model/rule";
import { principalsOf } from "../../principals/principals";
import { environmentOf, type Workload } from "../../principals/workloads";
import { secretIn } from "./secretValues";

const functionType = "aws:lambda/function:Function";
const roleArn = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

/** P30: each function its own role, and no secrets in its environment. */
export const sharedRoles: StackRule = {
  id: "P30",
  name: "iam-role-per-workload",
  title: "A role for each function, no secrets in its environment",
  level: "mandatory",
  severity: "high",
  why: "With a shared role each function may do what any of them needs; what stands in the environment is read by whoever may look at the function.",
  details:
    "A role that two functions run with is refused, and one that a task both is started with (execution role) and runs with, also of two task definitions; a role that a function shares " +
    "with anything else that runs is refused too. Two task definitions may share an execution role. Of a function's environment, refused are variables whose " +
    "name ends in SECRET, PASSWORD, TOKEN, API_KEY, PRIVATE_KEY, ACCESS_KEY or CREDENTIALS with the value written out, and, whatever the name, values that look like AWS keys, private keys, JSON " +
    "web tokens, tokens of GitHub, Slack, Stripe or Google, and URLs with a password. ARNs, names and paths of secrets and parameters, numbers and booleans are fine. The message never holds the value.",
  sources: ["checkov CKV_AWS_45, CKV_AWS_249", "prowler awslambda_function_no_secrets_in_variables"],
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
    const secrets = namesOfSecrets(resources);
    for (const resource of resources) if (resource.type === functionType) yield* secretsOf(resource, secrets);
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

function* secretsOf(resource: Resource, secrets: ReadonlySet<string>): Generator<StackFinding> {
  for (const [name, value] of Object.entries(environmentOf(resource) ?? {})) {
    const why = secretIn(name, value, secrets);
    if (why === undefined) continue;
    const fix = "keep it in Secrets Manager, give the function the secret's ARN, and read it at run time";
    yield { urn: resource.urn, message: `environment.variables.${name}: ${why}`, fix };
  }
}

/** Names of the stack's secrets and parameters: a variable may hold one. */
function namesOfSecrets(resources: readonly Resource[]): ReadonlySet<string> {
  const types = ["aws:secretsmanager/secret:Secret", "aws:ssm/parameter:Parameter"];
  const names = resources.filter(({ type }) => types.includes(type)).map(({ props }) => props.name);
  return new Set(names.filter((name) => typeof name === "string"));
}
