import {
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  GetScheduleGroupCommand,
} from "@aws-sdk/client-scheduler";
import { tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { scheduler } from "../clients";
import { found, unlessGone } from "../errors";
import { tagList } from "../tags";

export const scheduleGroup = defineResource({
  type: "aws:scheduler/scheduleGroup:ScheduleGroup",
  properties: { name: text({ replaces: true }), tags: tags() },
  naming: { input: "name" },
  async create({ name, tags }) {
    const made = await scheduler().send(new CreateScheduleGroupCommand({ Name: name, Tags: tagList(tags) }));
    return { id: name ?? "", outputs: { arn: made.ScheduleGroupArn, state: "ACTIVE", tagsAll: tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => scheduler().send(new GetScheduleGroupCommand({ Name: id })));
    return seen && { arn: seen.Arn };
  },
  async delete(id) {
    await unlessGone(() => scheduler().send(new DeleteScheduleGroupCommand({ Name: id })));
  },
});
