import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  SetTopicAttributesCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { document, flag, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import type { Bag } from "../../core/wire";
import { account, sns } from "../clients";
import { found, unlessGone } from "../errors";
import { droppedTags, tagList } from "../tags";

const attributeOf: Readonly<Record<string, string>> = {
  displayName: "DisplayName",
  policy: "Policy",
  deliveryPolicy: "DeliveryPolicy",
  kmsMasterKeyId: "KmsMasterKeyId",
  fifoTopic: "FifoTopic",
  contentBasedDeduplication: "ContentBasedDeduplication",
  signatureVersion: "SignatureVersion",
  tracingConfig: "TracingConfig",
};

export const topic = defineResource({
  type: "aws:sns/topic:Topic",
  properties: {
    name: text({ replaces: true }),
    fifoTopic: flag({ replaces: true }),
    displayName: text(),
    policy: document(),
    deliveryPolicy: document(),
    kmsMasterKeyId: text(),
    contentBasedDeduplication: flag(),
    signatureVersion: number(),
    tracingConfig: text(),
    tags: tags(),
  },
  naming: { input: "name", suffix: ({ fifoTopic }) => (fifoTopic === true ? ".fifo" : "") },
  async create(inputs) {
    const made = await sns().send(
      new CreateTopicCommand({ Name: inputs.name, Attributes: attributes(inputs), Tags: tagList(inputs.tags) }),
    );
    const arn = made.TopicArn ?? "";
    return { id: arn, outputs: { arn, owner: account, tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    return (await found(() => sns().send(new GetTopicAttributesCommand({ TopicArn: id })))) && { arn: id };
  },
  async update(id, inputs, state) {
    const wanted = attributes(inputs);
    const before = attributes(state);
    for (const name of new Set([...Object.keys(before), ...Object.keys(wanted)])) {
      if (before[name] === wanted[name]) continue;
      await sns().send(
        new SetTopicAttributesCommand({ TopicArn: id, AttributeName: name, AttributeValue: wanted[name] ?? "" }),
      );
    }
    const dropped = droppedTags(state.tags, inputs.tags);
    if (dropped.length > 0) await sns().send(new UntagResourceCommand({ ResourceArn: id, TagKeys: dropped }));
    if (inputs.tags) await sns().send(new TagResourceCommand({ ResourceArn: id, Tags: tagList(inputs.tags) }));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => sns().send(new DeleteTopicCommand({ TopicArn: id })));
  },
});

function attributes(inputs: Bag): Record<string, string> {
  const given = Object.entries(attributeOf).flatMap(([input, attribute]) => {
    const value = inputs[input];
    return value === undefined || (input === "fifoTopic" && value === false)
      ? []
      : [[attribute, String(value)] as const];
  });
  return Object.fromEntries(given);
}
