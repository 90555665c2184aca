import {
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  type LogGroupClass,
  PutRetentionPolicyCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { flag, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, logs, region } from "../clients";
import { unlessGone } from "../errors";

export const logGroup = defineResource({
  type: "aws:cloudwatch/logGroup:LogGroup",
  properties: {
    name: text({ replaces: true }),
    retentionInDays: number({ default: 0 }),
    kmsKeyId: text({ replaces: true }),
    logGroupClass: text({ replaces: true }),
    skipDestroy: flag({ default: false, onlyState: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const name = inputs.name ?? "";
    await logs().send(
      new CreateLogGroupCommand({
        logGroupName: name,
        kmsKeyId: inputs.kmsKeyId,
        logGroupClass: inputs.logGroupClass as LogGroupClass | undefined,
        tags: inputs.tags && { ...inputs.tags },
      }),
    );
    await putRetention(name, inputs.retentionInDays);
    const arn = `arn:aws:logs:${region}:${account}:log-group:${name}`;
    return { id: name, outputs: { arn, tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: id }));
    const group = seen.logGroups?.find(({ logGroupName }) => logGroupName === id);
    return group && { name: id, retentionInDays: group.retentionInDays ?? 0 };
  },
  async update(id, inputs) {
    await putRetention(id, inputs.retentionInDays);
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id, { skipDestroy }) {
    if (!skipDestroy) await unlessGone(() => logs().send(new DeleteLogGroupCommand({ logGroupName: id })));
  },
});

/** 0: kept for ever, which CloudWatch says by having no policy. */
async function putRetention(name: string, days: number): Promise<void> {
  if (days === 0) await unlessGone(() => logs().send(new DeleteRetentionPolicyCommand({ logGroupName: name })));
  else await logs().send(new PutRetentionPolicyCommand({ logGroupName: name, retentionInDays: days }));
}
