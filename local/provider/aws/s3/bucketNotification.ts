import {
  type Event,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  type NotificationConfigurationFilter,
  PutBucketNotificationConfigurationCommand,
} from "@aws-sdk/client-s3";
import { blocks, flag, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { s3 } from "../clients";
import { eventually, found, unlessGone } from "../errors";

interface Target {
  readonly id?: string;
  readonly events: readonly Event[];
  readonly filterPrefix?: string;
  readonly filterSuffix?: string;
}
interface Targets {
  readonly queues?: readonly (Target & { readonly queueArn: string })[];
  readonly topics?: readonly (Target & { readonly topicArn: string })[];
  readonly lambdaFunctions?: readonly (Target & { readonly lambdaFunctionArn: string })[];
  readonly eventbridge?: boolean;
}

export const bucketNotification = defineResource({
  type: "aws:s3/bucketNotification:BucketNotification",
  properties: {
    bucket: text({ required: true, replaces: true }),
    queues: blocks<Target & { queueArn: string }>()(),
    topics: blocks<Target & { topicArn: string }>()(),
    lambdaFunctions: blocks<Target & { lambdaFunctionArn: string }>()(),
    eventbridge: flag(),
  },
  async create(inputs) {
    await put(inputs.bucket, inputs);
    return { id: inputs.bucket };
  },
  async read(id) {
    return (await found(() => s3().send(new GetBucketNotificationConfigurationCommand({ Bucket: id })))) && {};
  },
  async update(id, inputs) {
    await put(id, inputs);
    return {};
  },
  async delete(id) {
    await unlessGone(() => put(id, {}));
  },
});

async function put(bucket: string, targets: Targets): Promise<void> {
  const configuration: NotificationConfiguration = {
    QueueConfigurations: targets.queues?.map((target) => ({ ...common(target), QueueArn: target.queueArn })),
    TopicConfigurations: targets.topics?.map((target) => ({ ...common(target), TopicArn: target.topicArn })),
    LambdaFunctionConfigurations: targets.lambdaFunctions?.map((target) => ({
      ...common(target),
      LambdaFunctionArn: target.lambdaFunctionArn,
    })),
    EventBridgeConfiguration: targets.eventbridge ? {} : undefined,
  };
  await eventually(/Unable to validate the following destination/, () =>
    s3().send(
      new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration: configuration }),
    ),
  );
}

function common(target: Target): { Id?: string; Events: Event[]; Filter?: NotificationConfigurationFilter } {
  const rules = [
    ...(target.filterPrefix ? [{ Name: "prefix" as const, Value: target.filterPrefix }] : []),
    ...(target.filterSuffix ? [{ Name: "suffix" as const, Value: target.filterSuffix }] : []),
  ];
  return {
    Id: target.id,
    Events: [...target.events],
    Filter: rules.length === 0 ? undefined : { Key: { FilterRules: rules } },
  };
}
