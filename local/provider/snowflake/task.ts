import { block, flag, number, text, texts } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";
import { placed, quoted } from "./identifier";
import { get, put, remove } from "./service";

interface Schedule {
  readonly minutes?: number;
  readonly usingCron?: string;
}

const properties = {
  name: text({ replaces: true }),
  database: text({ required: true, replaces: true }),
  schema: text({ required: true, replaces: true }),
  sqlStatement: text({ required: true }),
  started: flag({ required: true }),
  schedule: block<Schedule>()(),
  afters: texts(),
  when: text(),
  warehouse: text(),
  userTaskManagedInitialWarehouseSize: text(),
  userTaskTimeoutMs: number(),
  allowOverlappingExecution: text(),
  suspendTaskAfterNumFailures: number(),
  errorIntegration: text(),
  comment: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const task = defineResource({
  type: "snowflake:index/task:Task",
  properties,
  naming: { input: "name", upperCase: true },
  async create(inputs) {
    await putTask(inputs);
    return { id: placed(inputs), outputs: { fullyQualifiedName: placed(inputs) } };
  },
  async read(id) {
    return (await get("tasks", id)) && {};
  },
  async update(_id, inputs) {
    await putTask(inputs);
    return {};
  },
  async delete(id) {
    await remove("tasks", id);
  },
});

async function putTask(inputs: Inputs): Promise<void> {
  await put("tasks", placed(inputs), {
    sql: inputs.sqlStatement,
    schedule: scheduleText(inputs.schedule),
    warehouse: inputs.warehouse,
    started: inputs.started,
    suspendTaskAfterNumFailures: inputs.suspendTaskAfterNumFailures,
    errorIntegration: inputs.errorIntegration && quoted(inputs.errorIntegration),
    comment: inputs.comment,
  });
}

function scheduleText(schedule: Schedule | undefined): string | undefined {
  if (schedule?.minutes !== undefined) return `${schedule.minutes} MINUTES`;
  return schedule?.usingCron === undefined ? undefined : `USING CRON ${schedule.usingCron}`;
}
