import type { Resource, StackRule } from "../../model/rule";
import { letsAssume, servicePrincipals } from "../../principals/principal";
import { type Principals, principalsOf, type RoleModel } from "../../principals/principals";

/** As what a role is used → the service that has to be trusted for it. */
const services: Readonly<Record<string, string>> = {
  function: "lambda.amazonaws.com",
  task: "ecs-tasks.amazonaws.com",
  "task execution": "ecs-tasks.amazonaws.com",
  "state machine": "states.amazonaws.com",
  pipe: "pipes.amazonaws.com",
  instance: "ec2.amazonaws.com",
  build: "codebuild.amazonaws.com",
  job: "glue.amazonaws.com",
};

const roleType = "aws:iam/role:Role";
const functionType = "aws:lambda/function:Function";
const statement = (service: string) => ({
  Effect: "Allow",
  Principal: { Service: service },
  Action: "sts:AssumeRole",
  Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
});
const role = (name: string) => ({
  type: roleType,
  name,
  props: {
    name,
    assumeRolePolicy: JSON.stringify({ Version: "2012-10-17", Statement: [statement("lambda.amazonaws.com")] }),
  },
});
const load = {
  type: functionType,
  name: "load-function",
  props: { name: "load", role: "arn:aws:iam::111122223333:role/load" },
  dependencies: { role: ["load"] },
};

/** P36: a role that a service may take on, although nothing of the stack runs with it. */
export const unusedTrust: StackRule = {
  id: "P36",
  name: "iam-no-unused-trust",
  title: "No trust that nothing uses",
  level: "advisory",
  severity: "low",
  why: "Nobody misses a role that nothing runs with, until somebody starts something with its permissions.",
  details:
    "A role of the stack that trusts Lambda, ECS tasks, Step Functions, Pipes, EC2, CodeBuild or Glue is reported when the stack has something of that service, but nothing of " +
    "it runs with the role, and no other resource refers to it. A stack without anything of the service makes its roles for others, and isn't judged.",
  sources: ["IAM Access Analyzer: unused roles"],
  wrong: { resources: [role("load"), load, role("loader-of-last-year")] },
  right: { resources: [role("load"), load] },
  scope: "stack",
  *check(resources) {
    const principals = principalsOf(resources);
    const running = new Set(principals.workloads.map(({ as }) => services[as]));
    for (const model of principals.roles) {
      for (const statement of (model.trust?.statements ?? []).filter(letsAssume)) {
        for (const service of servicePrincipals(statement)) {
          if (!running.has(service) || isUsed(model, service, principals, resources)) continue;
          yield {
            urn: model.resource.urn,
            statement: statement.label,
            message: `it trusts ${service}, but nothing of that service runs with the role`,
            fix: `remove the role, or ${service} from its trust`,
          };
        }
      }
    }
  },
};

function isUsed({ resource, arn }: RoleModel, service: string, principals: Principals, all: readonly Resource[]) {
  const { urn } = resource;
  const workloads = principals.workloads.filter(({ role }) => role === urn);
  if (workloads.some(({ as }) => services[as] === service)) return true;
  const others = new Set(workloads.map((workload) => workload.resource.urn));
  return all.some((each) => !others.has(each.urn) && !isAttachment(each) && refersTo(each, urn, arn));
}

/** Attaching a policy to the role is no use of it. */
function isAttachment({ type }: Resource): boolean {
  return /^aws:iam\/(role|rolePolicy|rolePolicyAttachment|policyAttachment|rolePoliciesExclusive|rolePolicyAttachmentsExclusive):/.test(
    type,
  );
}

function refersTo({ dependencies, props }: Resource, urn: string, arn: string | undefined): boolean {
  if (Object.values(dependencies).some((of) => of.includes(urn))) return true;
  return arn !== undefined && namesArn(JSON.stringify(props), arn);
}

/** Not as the beginning of another role's ARN. */
function namesArn(text: string, arn: string): boolean {
  for (let at = text.indexOf(arn); at >= 0; at = text.indexOf(arn, at + 1)) {
    if (!/^[\w+=,.@/-]/.test(text.slice(at + arn.length))) return true;
  }
  return false;
}
