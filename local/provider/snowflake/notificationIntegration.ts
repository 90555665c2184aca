import { flag, text } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";
import { isUnknown } from "../core/wire";
import { quoted } from "./identifier";
import { get, put, remove } from "./service";

const properties = {
  name: text({ replaces: true }),
  type: text({ default: "QUEUE", replaces: true }),
  direction: text({ replaces: true }),
  notificationProvider: text({ required: true, replaces: true }),
  awsSnsTopicArn: text({ required: true }),
  awsSnsRoleArn: text({ required: true }),
  enabled: flag({ default: true }),
  comment: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const notificationIntegration = defineResource({
  type: "snowflake:index/notificationIntegration:NotificationIntegration",
  properties,
  naming: { input: "name", upperCase: true },
  check: ({ notificationProvider }) =>
    notificationProvider === "AWS_SNS" || isUnknown(notificationProvider)
      ? []
      : [`notificationProvider: the local cloud knows AWS_SNS alone, not ${notificationProvider}`],
  async create(inputs) {
    const outputs = await putIntegration(inputs);
    return { id: inputs.name ?? "", outputs: { ...outputs, createdOn: new Date().toISOString() } };
  },
  async read(id) {
    const seen = await get("notifications", quoted(id));
    return seen && generated(seen);
  },
  async update(_id, inputs) {
    return putIntegration(inputs);
  },
  async delete(id) {
    await remove("notifications", quoted(id));
  },
});

async function putIntegration(inputs: Inputs) {
  const made = await put("notifications", quoted(inputs.name), {
    topicArn: inputs.awsSnsTopicArn,
    roleArn: inputs.awsSnsRoleArn,
    enabled: inputs.enabled,
    comment: inputs.comment,
  });
  return { ...generated(made), fullyQualifiedName: quoted(inputs.name) };
}

function generated(seen: Readonly<Record<string, unknown>>) {
  return { awsSnsIamUserArn: seen.iamUserArn, awsSnsExternalId: seen.externalId };
}
