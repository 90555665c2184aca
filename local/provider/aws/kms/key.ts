import {
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyRotationCommand,
  EnableKeyRotationCommand,
  type KeySpec,
  type KeyUsageType,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { document, flag, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { kms } from "../clients";
import { found, unlessGone } from "../errors";

export const key = defineResource({
  type: "aws:kms/key:Key",
  properties: {
    description: text(),
    policy: document(),
    enableKeyRotation: flag({ default: false }),
    rotationPeriodInDays: number(),
    deletionWindowInDays: number({ onlyState: true }),
    keyUsage: text({ replaces: true }),
    customerMasterKeySpec: text({ replaces: true }),
    multiRegion: flag({ replaces: true }),
    tags: tags(),
  },
  async create(inputs) {
    const made = await kms().send(
      new CreateKeyCommand({
        Description: inputs.description,
        Policy: inputs.policy,
        KeyUsage: inputs.keyUsage as KeyUsageType | undefined,
        KeySpec: inputs.customerMasterKeySpec as KeySpec | undefined,
        MultiRegion: inputs.multiRegion,
        Tags: inputs.tags && Object.entries(inputs.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
      }),
    );
    const keyId = made.KeyMetadata?.KeyId ?? "";
    if (inputs.enableKeyRotation) await putRotation(keyId, true, inputs.rotationPeriodInDays);
    return { id: keyId, outputs: { keyId, arn: made.KeyMetadata?.Arn, tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => kms().send(new DescribeKeyCommand({ KeyId: id })));
    if (!seen?.KeyMetadata || seen.KeyMetadata.KeyState === "PendingDeletion") return undefined;
    return { keyId: id, arn: seen.KeyMetadata.Arn };
  },
  async update(id, inputs, state) {
    if (inputs.policy !== undefined && inputs.policy !== state.policy) {
      await kms().send(new PutKeyPolicyCommand({ KeyId: id, PolicyName: "default", Policy: inputs.policy }));
    }
    if (inputs.description !== state.description) {
      await kms().send(new UpdateKeyDescriptionCommand({ KeyId: id, Description: inputs.description ?? "" }));
    }
    if (
      inputs.enableKeyRotation !== state.enableKeyRotation ||
      inputs.rotationPeriodInDays !== state.rotationPeriodInDays
    ) {
      await putRotation(id, inputs.enableKeyRotation, inputs.rotationPeriodInDays);
    }
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id, { deletionWindowInDays }) {
    await unlessGone(() =>
      kms().send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays: deletionWindowInDays })),
    );
  },
});

async function putRotation(id: string, on: boolean, days: number | undefined): Promise<void> {
  if (on) await kms().send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays: days }));
  else await kms().send(new DisableKeyRotationCommand({ KeyId: id }));
}
