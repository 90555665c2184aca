import { GetQueueAttributesCommand, type QueueAttributeName, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { document, text } from "../../core/properties";
import { type AnyResourceType, defineResource } from "../../core/resourceType";
import { sqs } from "../clients";
import { found, unlessGone } from "../errors";

/** One attribute of a queue, kept as a resource of its own so that two queues can name each other. */
function queueAttribute(type: string, input: string, attribute: QueueAttributeName): AnyResourceType {
  const put = (url: string, value: string) =>
    sqs().send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { [attribute]: value } }));
  return defineResource({
    type,
    properties: { queueUrl: text({ required: true, replaces: true }), [input]: document({ required: true }) },
    async create(inputs) {
      const url = String(inputs.queueUrl);
      await put(url, String(inputs[input]));
      return { id: url };
    },
    async read(id) {
      const seen = await found(() =>
        sqs().send(new GetQueueAttributesCommand({ QueueUrl: id, AttributeNames: [attribute] })),
      );
      const value = seen?.Attributes?.[attribute];
      return value ? { [input]: value } : undefined;
    },
    async update(id, inputs) {
      await put(id, String(inputs[input]));
      return {};
    },
    async delete(id) {
      await unlessGone(() => put(id, ""));
    },
  });
}

export const queuePolicy = queueAttribute("aws:sqs/queuePolicy:QueuePolicy", "policy", "Policy");
export const redrivePolicy = queueAttribute("aws:sqs/redrivePolicy:RedrivePolicy", "redrivePolicy", "RedrivePolicy");
export const redriveAllowPolicy = queueAttribute(
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
  "redriveAllowPolicy",
  "RedriveAllowPolicy",
);
