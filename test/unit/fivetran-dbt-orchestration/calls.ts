import { expressionOf } from "../../../components/parts/asl/expression";
import type { Json, JsonObject, State, States } from "../../../components/parts/asl/types";
import type { DeployedStatement } from "../parts/documents";

/** A call that a definition makes: what the role must allow. Read from the deployed text, apart from what built it. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** Condition keys that the call has. */
  readonly context: Readonly<Record<string, string>>;
}

export interface Place {
  readonly account: string;
  readonly region: string;
  readonly stateMachine: string;
  /** From the task definition. */
  readonly passedRoles: readonly string[];
}

/** Every call of a definition, by AWS's documents on what each integration needs. */
export function callsOf(scope: States, place: Place): Call[] {
  return Object.values(scope.States).flatMap((state) => callsOfState(state, place));
}

function callsOfState(state: State, place: Place): Call[] {
  if (state.Type === "Map") {
    const inner = callsOf(state.ItemProcessor, place);
    return state.ItemProcessor.ProcessorConfig.Mode === "DISTRIBUTED" ? [...inner, ...childExecutions(place)] : inner;
  }
  if (state.Type !== "Task") return [];
  const { Resource, Arguments } = state;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${place.region}:${place.account}:${resource}`;
  const call = (action: string, resource: string, context: Call["context"] = {}): Call => ({
    action,
    resource,
    context,
  });
  switch (Resource.replace("arn:aws:states:::", "")) {
    case "lambda:invoke":
    case "lambda:invoke.waitForTaskToken":
      return [call("lambda:InvokeFunction", text(Arguments.FunctionName))];
    case "dynamodb:putItem":
      return [call("dynamodb:PutItem", arn("dynamodb", `table/${text(Arguments.TableName)}`))];
    case "dynamodb:deleteItem":
      return [call("dynamodb:DeleteItem", arn("dynamodb", `table/${text(Arguments.TableName)}`))];
    case "dynamodb:getItem":
      return [call("dynamodb:GetItem", arn("dynamodb", `table/${text(Arguments.TableName)}`))];
    case "aws-sdk:sfn:describeExecution":
      return [call("states:DescribeExecution", arn("states", `execution:${place.stateMachine}:any`))];
    case "aws-sdk:s3:getObject":
      return [call("s3:GetObject", `arn:aws:s3:::${text(Arguments.Bucket)}/${beginning(text(Arguments.Key))}any`)];
    case "sns:publish":
      return [call("sns:Publish", text(Arguments.TopicArn))];
    case "ecs:runTask.sync":
      return runTaskCalls(Arguments, place, arn);
    default:
      throw new Error(`${Resource}: say in calls.ts what it needs`);
  }
}

function runTaskCalls(args: JsonObject, place: Place, arn: (service: string, resource: string) => string): Call[] {
  const cluster = text(args.Cluster);
  const inCluster = { "ecs:cluster": cluster };
  const task = arn("ecs", `task/${cluster.slice(cluster.indexOf("/") + 1)}/0123456789abcdef`);
  const rule = arn("events", "rule/StepFunctionsGetEventsForECSTaskRule");
  return [
    {
      action: "ecs:RunTask",
      resource: arn("ecs", `task-definition/${text(args.TaskDefinition)}:7`),
      context: inCluster,
    },
    ...["ecs:StopTask", "ecs:DescribeTasks"].map((action) => ({ action, resource: task, context: inCluster })),
    ...["events:PutTargets", "events:PutRule", "events:DescribeRule"].map((action) => ({
      action,
      resource: rule,
      context: {},
    })),
    ...place.passedRoles.map((resource) => ({
      action: "iam:PassRole",
      resource,
      context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    })),
  ];
}

function childExecutions({ account, region, stateMachine }: Place): Call[] {
  const arn = (resource: string) => `arn:aws:states:${region}:${account}:${resource}`;
  const child = arn(`execution:${stateMachine}/Connections:any`);
  return [
    { action: "states:StartExecution", resource: arn(`stateMachine:${stateMachine}`), context: {} },
    ...["states:DescribeExecution", "states:StopExecution"].map((action) => ({ action, resource: child, context: {} })),
  ];
}

/** The fixed text that an expression begins with. */
function beginning(value: string): string {
  const source = expressionOf(value);
  return source === undefined ? value : (/^'([^']*)'/.exec(source)?.[1] ?? "");
}

function text(value: Json | undefined): string {
  if (typeof value !== "string") throw new Error(`${JSON.stringify(value)} is no text`);
  return value;
}

/** One thing that a statement grants. */
export interface Granted {
  readonly action: string;
  readonly resource: string;
  readonly statement: DeployedStatement;
}

export function grantsOf(statements: readonly DeployedStatement[]): Granted[] {
  return statements.flatMap((statement) =>
    [statement.Action]
      .flat()
      .flatMap((action) => [statement.Resource].flat().map((resource) => ({ action, resource, statement }))),
  );
}

/** Whether IAM would allow the call by this grant; conditions with a key that the call hasn't don't hold. */
export function allows({ action, resource, statement }: Granted, call: Call): boolean {
  const fits = new RegExp(`^${resource.split("*").map(escaped).join(".*")}$`);
  const conditions = Object.values(statement.Condition ?? {}).flatMap((block) => Object.entries(block));
  return (
    statement.Effect === "Allow" &&
    action === call.action &&
    fits.test(call.resource) &&
    conditions.every(([key, wanted]) => [wanted].flat().includes(call.context[key] ?? ""))
  );
}

function escaped(part: string): string {
  return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
