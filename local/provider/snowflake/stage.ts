import { text } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";
import { isUnknown } from "../core/wire";
import { placed } from "./identifier";
import { get, put, remove } from "./service";

const properties = {
  name: text({ replaces: true }),
  database: text({ required: true, replaces: true }),
  schema: text({ required: true, replaces: true }),
  url: text({ required: true }),
  storageIntegration: text({ required: true }),
  fileFormat: text(),
  comment: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const stage = defineResource({
  type: "snowflake:index/stage:Stage",
  properties,
  naming: { input: "name", upperCase: true },
  check: ({ fileFormat }) =>
    typeof fileFormat === "string" && !isUnknown(fileFormat) && formatName(fileFormat) === undefined
      ? [`fileFormat: the local cloud knows FORMAT_NAME = <name> alone, not ${fileFormat}; make a FileFormat resource`]
      : [],
  async create(inputs) {
    await putStage(inputs);
    return { id: placed(inputs), outputs: { fullyQualifiedName: placed(inputs) } };
  },
  async read(id) {
    return (await get("stages", id)) && {};
  },
  async update(_id, inputs) {
    await putStage(inputs);
    return {};
  },
  async delete(id) {
    await remove("stages", id);
  },
});

async function putStage(inputs: Inputs): Promise<void> {
  await put("stages", placed(inputs), {
    url: inputs.url,
    integration: quotedOnce(inputs.storageIntegration),
    format: inputs.fileFormat && formatName(inputs.fileFormat),
    comment: inputs.comment,
  });
}

function formatName(fileFormat: string): string | undefined {
  return /^\s*FORMAT_NAME\s*=\s*'?([^']+?)'?\s*$/i.exec(fileFormat)?.[1];
}

/** The plugin takes an integration's bare name. */
function quotedOnce(name: string): string {
  return name.startsWith('"') ? name : `"${name}"`;
}
