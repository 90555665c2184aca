import { GetTopicAttributesCommand, SetTopicAttributesCommand } from "@aws-sdk/client-sns";
import { document, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, sns } from "../clients";
import { found, unlessGone } from "../errors";

export const topicPolicy = defineResource({
  type: "aws:sns/topicPolicy:TopicPolicy",
  properties: { arn: text({ required: true, replaces: true }), policy: document({ required: true }) },
  async create({ arn, policy }) {
    await put(arn, policy);
    return { id: arn, outputs: { owner: account } };
  },
  async read(id) {
    const seen = await found(() => sns().send(new GetTopicAttributesCommand({ TopicArn: id })));
    return seen?.Attributes?.Policy === undefined ? undefined : { policy: seen.Attributes.Policy };
  },
  async update(id, { policy }) {
    await put(id, policy);
    return {};
  },
  async delete(id) {
    // A topic always has a policy; what is left is the one that SNS gives by default.
    await unlessGone(() => put(id, JSON.stringify(ownersOnly(id))));
  },
});

async function put(arn: string, policy: string): Promise<void> {
  await sns().send(new SetTopicAttributesCommand({ TopicArn: arn, AttributeName: "Policy", AttributeValue: policy }));
}

function ownersOnly(arn: string) {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OwnersOnly",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ["sns:Publish", "sns:Subscribe", "sns:GetTopicAttributes", "sns:SetTopicAttributes"],
        Resource: arn,
      },
    ],
  };
}
