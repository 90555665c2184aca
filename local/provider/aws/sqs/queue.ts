import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { document, flag, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { type Bag, isUnknown } from "../../core/wire";
import { sqs } from "../clients";
import { found, unlessGone } from "../errors";
import { droppedTags } from "../tags";

/** Pulumi's inputs and the attributes that SQS has for them. */
const attributeOf: Readonly<Record<string, QueueAttributeName>> = {
  fifoQueue: "FifoQueue",
  contentBasedDeduplication: "ContentBasedDeduplication",
  deduplicationScope: "DeduplicationScope",
  fifoThroughputLimit: "FifoThroughputLimit",
  delaySeconds: "DelaySeconds",
  maxMessageSize: "MaximumMessageSize",
  messageRetentionSeconds: "MessageRetentionPeriod",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  visibilityTimeoutSeconds: "VisibilityTimeout",
  kmsMasterKeyId: "KmsMasterKeyId",
  kmsDataKeyReusePeriodSeconds: "KmsDataKeyReusePeriodSeconds",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
  policy: "Policy",
  redrivePolicy: "RedrivePolicy",
  redriveAllowPolicy: "RedriveAllowPolicy",
};

export const queue = defineResource({
  type: "aws:sqs/queue:Queue",
  properties: {
    name: text({ replaces: true }),
    fifoQueue: flag({ replaces: true }),
    contentBasedDeduplication: flag(),
    deduplicationScope: text(),
    fifoThroughputLimit: text(),
    delaySeconds: number(),
    maxMessageSize: number(),
    messageRetentionSeconds: number(),
    receiveWaitTimeSeconds: number(),
    visibilityTimeoutSeconds: number(),
    kmsMasterKeyId: text(),
    kmsDataKeyReusePeriodSeconds: number(),
    sqsManagedSseEnabled: flag(),
    policy: document(),
    redrivePolicy: document(),
    redriveAllowPolicy: document(),
    tags: tags(),
  },
  naming: { input: "name", suffix: ({ fifoQueue }) => (fifoQueue === true ? ".fifo" : "") },
  check: ({ name, fifoQueue }) =>
    typeof name === "string" && !isUnknown(name) && fifoQueue === true && !name.endsWith(".fifo")
      ? [`name: ${name} is a FIFO queue's, which ends in .fifo`]
      : [],
  async create(inputs) {
    const made = await sqs().send(
      new CreateQueueCommand({ QueueName: inputs.name, Attributes: attributes(inputs), tags: { ...inputs.tags } }),
    );
    const url = made.QueueUrl ?? "";
    return { id: url, outputs: { url, arn: await arnOf(url), tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() =>
      sqs().send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: ["QueueArn"] })),
    );
    return seen && { url: id, arn: seen.Attributes?.QueueArn };
  },
  async update(id, inputs, state) {
    // An attribute that the program no longer gives goes back to what SQS takes when it isn't given.
    const gone = Object.keys(attributeOf).filter(
      (key) => state[key] !== undefined && inputs[key as "name"] === undefined,
    );
    const wanted = { ...Object.fromEntries(gone.map((key) => [attributeOf[key], ""])), ...attributes(inputs) };
    const { FifoQueue: _fixed, ...changeable } = wanted;
    await sqs().send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes: changeable }));
    const dropped = droppedTags(state.tags, inputs.tags);
    if (dropped.length > 0) await sqs().send(new UntagQueueCommand({ QueueUrl: id, TagKeys: dropped }));
    if (inputs.tags) await sqs().send(new TagQueueCommand({ QueueUrl: id, Tags: { ...inputs.tags } }));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => sqs().send(new DeleteQueueCommand({ QueueUrl: id })));
  },
});

function attributes(inputs: Bag): Record<string, string> {
  const given = Object.entries(attributeOf).flatMap(([input, attribute]) => {
    const value = inputs[input];
    // `false` isn't a value of FifoQueue: a standard queue is one that doesn't mention it.
    if (value === undefined || (input === "fifoQueue" && value === false)) return [];
    return [[attribute, String(value)] as const];
  });
  return Object.fromEntries(given);
}

async function arnOf(url: string): Promise<string | undefined> {
  const seen = await sqs().send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
  return seen.Attributes?.QueueArn;
}
