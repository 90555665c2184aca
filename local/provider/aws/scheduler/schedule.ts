import {
  CreateScheduleCommand,
  DeleteScheduleCommand,
  type FlexibleTimeWindow,
  GetScheduleCommand,
  type ScheduleState,
  type Target,
  UpdateScheduleCommand,
} from "@aws-sdk/client-scheduler";
import { capitalized } from "../../core/cases";
import { block, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { account, region, scheduler } from "../clients";
import { found, unlessGone } from "../errors";

interface ScheduleTarget {
  readonly arn: string;
  readonly roleArn: string;
  readonly input?: string;
  readonly deadLetterConfig?: { readonly arn?: string };
  readonly retryPolicy?: { readonly maximumEventAgeInSeconds?: number; readonly maximumRetryAttempts?: number };
}

const properties = {
  name: text({ replaces: true }),
  groupName: text({ default: "default", replaces: true }),
  description: text(),
  scheduleExpression: text({ required: true }),
  scheduleExpressionTimezone: text({ default: "UTC" }),
  flexibleTimeWindow: block<{ readonly mode: string; readonly maximumWindowInMinutes?: number }>()({ required: true }),
  target: block<ScheduleTarget>()({ required: true }),
  state: text({ default: "ENABLED" }),
  kmsKeyArn: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const schedule = defineResource({
  type: "aws:scheduler/schedule:Schedule",
  properties,
  naming: { input: "name" },
  async create(inputs) {
    await scheduler().send(new CreateScheduleCommand(settingsOf(inputs)));
    const path = `${inputs.groupName}/${inputs.name}`;
    return { id: path, outputs: { arn: `arn:aws:scheduler:${region}:${account}:schedule/${path}` } };
  },
  async read(_id, { groupName, name }) {
    const seen = await found(() => scheduler().send(new GetScheduleCommand({ GroupName: groupName, Name: name })));
    return seen && { scheduleExpression: seen.ScheduleExpression, state: seen.State };
  },
  async update(_id, inputs) {
    await scheduler().send(new UpdateScheduleCommand(settingsOf(inputs)));
    return {};
  },
  async delete(_id, { groupName, name }) {
    await unlessGone(() => scheduler().send(new DeleteScheduleCommand({ GroupName: groupName, Name: name })));
  },
});

function settingsOf(inputs: Inputs) {
  return {
    Name: inputs.name,
    GroupName: inputs.groupName,
    Description: inputs.description,
    ScheduleExpression: inputs.scheduleExpression,
    ScheduleExpressionTimezone: inputs.scheduleExpressionTimezone,
    FlexibleTimeWindow: capitalized<FlexibleTimeWindow>(inputs.flexibleTimeWindow),
    Target: capitalized<Target>(inputs.target),
    State: inputs.state as ScheduleState,
    KmsKeyArn: inputs.kmsKeyArn,
  };
}
