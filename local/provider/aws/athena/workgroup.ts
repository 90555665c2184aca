import {
  CreateWorkGroupCommand,
  DeleteWorkGroupCommand,
  type EncryptionOption,
  GetWorkGroupCommand,
  UpdateWorkGroupCommand,
} from "@aws-sdk/client-athena";
import { block, flag, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, athena, region } from "../clients";
import { tagList } from "../tags";

interface Settings {
  readonly enforceWorkgroupConfiguration?: boolean;
  readonly publishCloudwatchMetricsEnabled?: boolean;
  readonly bytesScannedCutoffPerQuery?: number;
  readonly engineVersion?: { readonly selectedEngineVersion?: string };
  readonly resultConfiguration?: {
    readonly outputLocation?: string;
    readonly encryptionConfiguration?: { readonly encryptionOption?: string; readonly kmsKeyArn?: string };
  };
}

export const workgroup = defineResource({
  type: "aws:athena/workgroup:Workgroup",
  properties: {
    name: text({ replaces: true }),
    description: text(),
    configuration: block<Settings>()(),
    state: text({ default: "ENABLED" }),
    forceDestroy: flag({ onlyState: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  async create({ name, description, configuration, tags: given }) {
    await athena().send(
      new CreateWorkGroupCommand({
        Name: name,
        Description: description,
        Configuration: configuration && settingsOf(configuration),
        Tags: tagList(given),
      }),
    );
    const arn = `arn:aws:athena:${region}:${account}:workgroup/${name}`;
    return { id: name ?? "", outputs: { arn, tagsAll: given ?? {} } };
  },
  async read(id) {
    try {
      await athena().send(new GetWorkGroupCommand({ WorkGroup: id }));
      return {};
    } catch (error) {
      // Athena has no error of its own for what isn't there.
      if (isGone(error)) return undefined;
      throw error;
    }
  },
  async update(id, { description, configuration, tags: given }) {
    const { EngineVersion, ...settings } = settingsOf(configuration ?? {});
    const ResultConfigurationUpdates = settings.ResultConfiguration;
    await athena().send(
      new UpdateWorkGroupCommand({
        WorkGroup: id,
        Description: description,
        ConfigurationUpdates: { ...settings, EngineVersion, ResultConfigurationUpdates },
      }),
    );
    return { tagsAll: given ?? {} };
  },
  async delete(id, { forceDestroy }) {
    try {
      await athena().send(new DeleteWorkGroupCommand({ WorkGroup: id, RecursiveDeleteOption: forceDestroy ?? false }));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  },
});

function isGone(error: unknown): boolean {
  return error instanceof Error && /not found/i.test(error.message);
}

function settingsOf({ engineVersion, resultConfiguration: result, ...own }: Settings) {
  const encryption = result?.encryptionConfiguration;
  return {
    EnforceWorkGroupConfiguration: own.enforceWorkgroupConfiguration,
    PublishCloudWatchMetricsEnabled: own.publishCloudwatchMetricsEnabled,
    BytesScannedCutoffPerQuery: own.bytesScannedCutoffPerQuery,
    EngineVersion: engineVersion && { SelectedEngineVersion: engineVersion.selectedEngineVersion },
    ResultConfiguration: result && {
      OutputLocation: result.outputLocation,
      EncryptionConfiguration: encryption && {
        EncryptionOption: encryption.encryptionOption as EncryptionOption | undefined,
        KmsKey: encryption.kmsKeyArn,
      },
    },
  };
}
