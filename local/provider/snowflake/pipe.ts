import { flag, text } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";
import { placed, quoted } from "./identifier";
import { get, put, remove } from "./service";

const properties = {
  name: text({ replaces: true }),
  database: text({ required: true, replaces: true }),
  schema: text({ required: true, replaces: true }),
  copyStatement: text({ required: true, replaces: true }),
  autoIngest: flag({ default: false, replaces: true }),
  errorIntegration: text(),
  comment: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const pipe = defineResource({
  type: "snowflake:index/pipe:Pipe",
  properties,
  naming: { input: "name", upperCase: true },
  async create(inputs) {
    const made = await putPipe(inputs);
    return { id: placed(inputs), outputs: { ...made, fullyQualifiedName: placed(inputs), owner: "ACCOUNTADMIN" } };
  },
  async read(id) {
    const seen = await get("pipes", id);
    return seen && { notificationChannel: seen.notificationChannel ?? "" };
  },
  async update(_id, inputs) {
    return putPipe(inputs);
  },
  async delete(id) {
    await remove("pipes", id);
  },
});

async function putPipe(inputs: Inputs) {
  const made = await put("pipes", placed(inputs), {
    copyStatement: inputs.copyStatement,
    autoIngest: inputs.autoIngest,
    errorIntegration: inputs.errorIntegration && quoted(inputs.errorIntegration),
    comment: inputs.comment,
  });
  return { notificationChannel: made.notificationChannel ?? "" };
}
