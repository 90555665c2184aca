import { flag, text, texts } from "../core/properties";
import { defineResource, type ResourceType } from "../core/resourceType";
import { isUnknown } from "../core/wire";
import { quoted } from "./identifier";
import { get, put, remove } from "./service";

const properties = {
  name: text({ replaces: true }),
  type: text({ default: "EXTERNAL_STAGE", replaces: true }),
  storageProvider: text({ required: true, replaces: true }),
  storageAwsRoleArn: text({ required: true }),
  storageAllowedLocations: texts({ required: true }),
  storageBlockedLocations: texts(),
  enabled: flag({ default: true }),
  comment: text(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const storageIntegration = defineResource({
  type: "snowflake:index/storageIntegration:StorageIntegration",
  properties,
  naming: { input: "name", upperCase: true },
  check: ({ storageProvider }) =>
    storageProvider === "S3" || isUnknown(storageProvider)
      ? []
      : [`storageProvider: the local cloud knows S3 alone, not ${storageProvider}`],
  async create(inputs) {
    const outputs = await putIntegration(inputs);
    return { id: inputs.name ?? "", outputs: { ...outputs, createdOn: new Date().toISOString() } };
  },
  async read(id) {
    const seen = await get("integrations", quoted(id));
    return seen && generated(seen);
  },
  async update(_id, inputs) {
    return putIntegration(inputs);
  },
  async delete(id) {
    await remove("integrations", quoted(id));
  },
});

async function putIntegration(inputs: Inputs) {
  const made = await put("integrations", quoted(inputs.name), {
    roleArn: inputs.storageAwsRoleArn,
    allowedLocations: inputs.storageAllowedLocations,
    blockedLocations: inputs.storageBlockedLocations,
    enabled: inputs.enabled,
    comment: inputs.comment,
  });
  return { ...generated(made), fullyQualifiedName: quoted(inputs.name) };
}

/** Snowflake's side of the trust. */
function generated(seen: Readonly<Record<string, unknown>>) {
  return { storageAwsIamUserArn: seen.iamUserArn, storageAwsExternalId: seen.externalId };
}
