import { type TaskSpec, task } from "./task";
import type { JsonObject, Step } from "./types";

export interface ItemSpec<N extends string> extends TaskSpec<N> {
  readonly tableArn: string;
  /** What for, in the list of grants. */
  readonly why: string;
  /** Without the table. */
  readonly arguments: JsonObject;
}

/** DynamoDB PutItem, with `Item` and conditions in DynamoDB's own form. */
export function putItem<N extends string>(spec: ItemSpec<N>): Step<N> {
  return task(itemCall("putItem", "dynamodb:PutItem", spec), spec);
}

/** DynamoDB DeleteItem, with conditions in DynamoDB's own form. */
export function deleteItem<N extends string>(spec: ItemSpec<N>): Step<N> {
  return task(itemCall("deleteItem", "dynamodb:DeleteItem", spec), spec);
}

/** DynamoDB GetItem. */
export function getItem<N extends string>(spec: ItemSpec<N>): Step<N> {
  return task(itemCall("getItem", "dynamodb:GetItem", spec), spec);
}

function itemCall(operation: string, action: string, { tableArn, why, arguments: own }: ItemSpec<string>) {
  return {
    resource: `arn:aws:states:::dynamodb:${operation}`,
    arguments: { TableName: tableArn.slice(tableArn.indexOf("/") + 1), ...own },
    needs: [{ actions: [action], resources: [tableArn], why }],
  };
}

export interface DescribeExecutionSpec<N extends string> extends TaskSpec<N> {
  /** JSONata. */
  readonly executionArn: string;
  /** Whose executions may be described: ARN with `*` for the execution's name. */
  readonly executions: string;
  /** What for, in the list of grants. */
  readonly why: string;
}

export function describeExecution<N extends string>(spec: DescribeExecutionSpec<N>): Step<N> {
  const call = {
    resource: "arn:aws:states:::aws-sdk:sfn:describeExecution",
    arguments: { ExecutionArn: spec.executionArn },
    needs: [{ actions: ["states:DescribeExecution"], resources: [spec.executions], why: spec.why }],
  };
  return task(call, spec);
}

export interface GetObjectSpec<N extends string> extends TaskSpec<N> {
  readonly bucketArn: string;
  /** JSONata. */
  readonly key: string;
  /** Keys that may be read, for example `runs/*`. */
  readonly keys: string;
  /** What for, in the list of grants. */
  readonly why: string;
}

/** Reads a small text object: a state's result holds 256 KB. */
export function getObject<N extends string>(spec: GetObjectSpec<N>): Step<N> {
  const call = {
    resource: "arn:aws:states:::aws-sdk:s3:getObject",
    arguments: { Bucket: spec.bucketArn.slice(spec.bucketArn.lastIndexOf(":") + 1), Key: spec.key },
    needs: [{ actions: ["s3:GetObject"], resources: [`${spec.bucketArn}/${spec.keys}`], why: spec.why }],
  };
  return task(call, spec);
}

export interface PublishSpec<N extends string> extends TaskSpec<N> {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  /** What for, in the list of grants. */
  readonly why: string;
}

export function publish<N extends string>(spec: PublishSpec<N>): Step<N> {
  const call = {
    resource: "arn:aws:states:::sns:publish",
    arguments: { TopicArn: spec.topicArn, Subject: spec.subject, Message: spec.message },
    needs: [{ actions: ["sns:Publish"], resources: [spec.topicArn], why: spec.why }],
  };
  return task(call, spec);
}
