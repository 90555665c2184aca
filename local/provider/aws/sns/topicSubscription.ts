import {
  GetSubscriptionAttributesCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { document, flag, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import type { Bag } from "../../core/wire";
import { account, sns } from "../clients";
import { found, unlessGone } from "../errors";

const attributeOf: Readonly<Record<string, string>> = {
  rawMessageDelivery: "RawMessageDelivery",
  filterPolicy: "FilterPolicy",
  filterPolicyScope: "FilterPolicyScope",
  redrivePolicy: "RedrivePolicy",
  deliveryPolicy: "DeliveryPolicy",
};

export const topicSubscription = defineResource({
  type: "aws:sns/topicSubscription:TopicSubscription",
  properties: {
    topic: text({ required: true, replaces: true }),
    protocol: text({ required: true, replaces: true }),
    endpoint: text({ required: true, replaces: true }),
    rawMessageDelivery: flag(),
    filterPolicy: document(),
    filterPolicyScope: text(),
    redrivePolicy: document(),
    deliveryPolicy: document(),
  },
  async create(inputs) {
    const made = await sns().send(
      new SubscribeCommand({
        TopicArn: inputs.topic,
        Protocol: inputs.protocol,
        Endpoint: inputs.endpoint,
        Attributes: attributes(inputs),
        ReturnSubscriptionArn: true,
      }),
    );
    const arn = made.SubscriptionArn ?? "";
    // An e-mail address confirms by a link; until then the subscription is there and silent.
    const pendingConfirmation = !/^(sqs|lambda|firehose)$/.test(inputs.protocol);
    return { id: arn, outputs: { arn, ownerId: account, pendingConfirmation } };
  },
  async read(id) {
    const seen = await found(() => sns().send(new GetSubscriptionAttributesCommand({ SubscriptionArn: id })));
    return seen && { arn: id };
  },
  async update(id, inputs, state) {
    const before = attributes(state);
    const wanted = attributes(inputs);
    for (const name of new Set([...Object.keys(before), ...Object.keys(wanted)])) {
      if (before[name] === wanted[name]) continue;
      await sns().send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: id,
          AttributeName: name,
          AttributeValue: wanted[name] ?? "",
        }),
      );
    }
    return {};
  },
  async delete(id) {
    await unlessGone(() => sns().send(new UnsubscribeCommand({ SubscriptionArn: id })));
  },
});

function attributes(inputs: Bag): Record<string, string> {
  const given = Object.entries(attributeOf).flatMap(([input, attribute]) =>
    inputs[input] === undefined ? [] : [[attribute, String(inputs[input])] as const],
  );
  return Object.fromEntries(given);
}
