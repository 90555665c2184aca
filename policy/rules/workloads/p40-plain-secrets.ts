import type { Resource, StackFinding, StackRule } from "../../model/rule";
import { runningTypes, variablesOf } from "./environments";
import { secretIn } from "./secretValues";

const task = (environment: readonly Record<string, string>[], secrets: readonly Record<string, string>[] = []) => ({
  resources: [
    {
      type: "aws:ecs/taskDefinition:TaskDefinition",
      name: "shop",
      props: {
        family: "shop",
        containerDefinitions: JSON.stringify([{ name: "web", image: "shop:1", environment, secrets }]),
      },
    },
  ],
});

/** P40: what stands in a plain environment is read by whoever may look at the function, task, build or job. */
export const plainSecrets: StackRule = {
  id: "P40",
  name: "no-plain-secrets",
  title: "No secrets in a plain environment",
  level: "mandatory",
  severity: "high",
  why: "A plain environment is read by whoever may describe what runs, and stays in its old versions and in logs.",
  details:
    "Looked at are the environments of Lambda functions, of ECS task definitions and Batch jobs (also inside their JSON), of CodeBuild projects (those of type PLAINTEXT), App Runner services and " +
    "Amplify apps, and the arguments of Glue jobs. Refused are variables whose name ends in SECRET, PASSWORD, TOKEN, API_KEY, PRIVATE_KEY, ACCESS_KEY or CREDENTIALS with the value written out, and, " +
    "whatever the name, values that look like AWS keys, private keys, JSON web tokens, tokens of GitHub, Slack, Stripe or Google, and URLs with a password. " +
    "ARNs, names and paths of secrets and parameters, numbers and booleans are fine. The message never holds the value.",
  sources: [
    "checkov CKV_AWS_45",
    "prowler awslambda_function_no_secrets_in_variables, ecs_task_definitions_no_environment_secrets, codebuild_project_no_secrets_in_variables",
    "AWS FSBP ECS.8, CodeBuild.2",
  ],
  wrong: task([{ name: "JWT_SECRET", value: "correct-horse-battery" }]),
  right: task(
    [],
    [{ name: "JWT_SECRET", valueFrom: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:jwt-Ab12Cd" }],
  ),
  scope: "stack",
  *check(resources) {
    const known = namesOfSecrets(resources);
    for (const resource of resources) if (runningTypes.includes(resource.type)) yield* secretsOf(resource, known);
  },
};

/** How a type is given secrets; all others read them at run time. */
const ways: Readonly<Record<string, string>> = {
  "aws:ecs/taskDefinition:TaskDefinition": "put its ARN into the container's secrets",
  "aws:batch/jobDefinition:JobDefinition": "put its ARN into the container's secrets",
  "aws:codebuild/project:Project": "set the variable's type to SECRETS_MANAGER and its value to the secret's name",
  "aws:apprunner/service:Service": "put its ARN into runtimeEnvironmentSecrets",
  "aws:glue/job:Job": "give the job the secret's name, and read it at run time",
};

function* secretsOf({ urn, type, props }: Resource, known: ReadonlySet<string>): Generator<StackFinding> {
  for (const { path, name, value } of variablesOf(type, props)) {
    const why = secretIn(name, value, known);
    if (why === undefined) continue;
    const way = ways[type] ?? "give what runs the secret's ARN, and read it at run time";
    yield { urn, message: `${path}: ${why}`, fix: `keep it in Secrets Manager: ${way}` };
  }
}

/** Names of the stack's secrets and parameters: a variable may hold one. */
function namesOfSecrets(resources: readonly Resource[]): ReadonlySet<string> {
  const types = ["aws:secretsmanager/secret:Secret", "aws:ssm/parameter:Parameter"];
  const names = resources.filter(({ type }) => types.includes(type)).map(({ props }) => props.name);
  return new Set(names.filter((name) => typeof name === "string"));
}
