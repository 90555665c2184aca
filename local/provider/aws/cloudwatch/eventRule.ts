import { DeleteRuleCommand, DescribeRuleCommand, PutRuleCommand, type RuleState } from "@aws-sdk/client-eventbridge";
import { document, flag, tags, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { events } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";

const properties = {
  name: text({ replaces: true }),
  eventBusName: text({ replaces: true }),
  eventPattern: document(),
  scheduleExpression: text(),
  description: text(),
  state: text(),
  isEnabled: flag(),
  roleArn: text(),
  forceDestroy: flag({ default: false, onlyState: true }),
  tags: tags(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const eventRule = defineResource({
  type: "aws:cloudwatch/eventRule:EventRule",
  properties,
  naming: { input: "name" },
  check: ({ eventPattern, scheduleExpression }) =>
    eventPattern === undefined && scheduleExpression === undefined
      ? ["eventPattern: neither eventPattern nor scheduleExpression is given, a rule needs one"]
      : [],
  async create(inputs) {
    const made = await put(inputs);
    return { id: inputs.name ?? "", outputs: { arn: made, tagsAll: inputs.tags ?? {} } };
  },
  async read(id, { eventBusName }) {
    const seen = await found(() => events().send(new DescribeRuleCommand({ Name: id, EventBusName: eventBusName })));
    return seen && { arn: seen.Arn };
  },
  async update(_id, inputs) {
    return { arn: await put(inputs), tagsAll: inputs.tags ?? {} };
  },
  async delete(id, { eventBusName, forceDestroy }) {
    await unlessGone(() =>
      events().send(new DeleteRuleCommand({ Name: id, EventBusName: eventBusName, Force: forceDestroy })),
    );
  },
});

async function put(inputs: Inputs): Promise<string | undefined> {
  const state = inputs.state ?? (inputs.isEnabled === false ? "DISABLED" : "ENABLED");
  const made = await events().send(
    new PutRuleCommand({
      Name: inputs.name,
      EventBusName: inputs.eventBusName,
      EventPattern: inputs.eventPattern,
      ScheduleExpression: inputs.scheduleExpression,
      Description: inputs.description,
      State: state as RuleState,
      RoleArn: inputs.roleArn,
      Tags: inputs.tags && tagList(inputs.tags),
    }),
  );
  return made.RuleArn;
}
