import type { VersionEntry } from "../../functions/export-delta-import/registry/entries";
import { Registry } from "../../functions/export-delta-import/registry/registry";
import { DynamoDbStore, type Store, type Stored } from "../../functions/export-delta-import/registry/store";
import { tableId } from "../../functions/export-delta-import/shared/exportKey";
import { createDynamoDBClient } from "../../functions/shared/aws/awsClients";
import { sleep } from "../../functions/shared/retry";
import { type OutputsFlags, outputsFlags, StackOutputs, switches, textFlags, UsageError } from "./commandLine";

/** Flags of the commands about a version of an export. */
export const versionFlags = {
  ...outputsFlags,
  ...textFlags("registry", "tenant", "table", "version"),
  ...switches("dry-run"),
};

export const VERSION_HELP = `  --tenant NAME       tenant of the export
  --table NAME        its table
  --registry NAME     the registry's DynamoDB table (output registryTableName)
  --outputs FILE      JSON of \`pulumi stack output --json\`, for what isn't given: at its top level or inside the one
                      output named by --component
  --component NAME    that output, for example imports`;

/** Which version is meant. */
export interface VersionOptions {
  readonly registry: string;
  readonly tenant: string;
  readonly table: string;
  readonly version: string;
}

/** @throws UsageError */
export function versionOptions(
  values: Partial<VersionOptions> & OutputsFlags,
  outputs = new StackOutputs(values),
): VersionOptions {
  const need = (flag: "tenant" | "table" | "version"): string => {
    const value = values[flag];
    if (!value) throw new UsageError(`--${flag} is missing: give the export's ${flag}`);
    return value;
  };
  const [tenant, table, version] = [need("tenant"), need("table"), need("version")];
  const registry = outputs.need("registry", values.registry, outputs.get("registryTableName"));
  return { tenant, table, version, registry };
}

/** What a registry knows of one table. */
export interface TableRegistry {
  readonly pk: string;
  readonly store: Store;
  readonly registry: Registry;
}

export function tableRegistry({ registry, tenant, table }: VersionOptions): TableRegistry {
  const store = new DynamoDbStore(createDynamoDBClient(), registry);
  return { pk: tableId({ tenant, table }), store, registry: new Registry({ store, now: Date.now, pause: sleep }) };
}

/** The version of that name. @throws Error saying which there are */
export async function findVersion({ registry, pk }: TableRegistry, version: string): Promise<Stored<VersionEntry>> {
  const versions = await registry.versions(pk);
  const found = versions.find(({ item }) => item.version === version);
  if (found !== undefined) return found;
  const known = versions.slice(-10).map(({ item }) => `${item.version} (${item.status})`);
  throw new Error(
    `${pk} has no version ${version}. ${known.length === 0 ? "It has none." : `The newest are ${known.join(", ")}.`}`,
  );
}
