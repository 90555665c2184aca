import type { VersionEntry } from "../../functions/export-delta-import/registry/entries";
import { Registry } from "../../functions/export-delta-import/registry/registry";
import { DynamoDbStore, type Store, type Stored } from "../../functions/export-delta-import/registry/store";
import { tableId } from "../../functions/export-delta-import/shared/exportKey";
import { createDynamoDBClient } from "../../functions/shared/aws/awsClients";
import { sleep } from "../../functions/shared/retry";
import { StackOutputs, UsageError } from "./commandLine";

/** Flags of the commands about a table of ExportDeltaImport. */
export const tableFlags = {
  registry: { type: "string" },
  tenant: { type: "string" },
  table: { type: "string" },
  version: { type: "string" },
  outputs: { type: "string" },
  component: { type: "string" },
  help: { type: "boolean" },
} as const;

export const TABLE_HELP = `  --tenant NAME       tenant of the export
  --table NAME        its table
  --registry NAME     the registry's DynamoDB table (output registryTableName)
  --outputs FILE      JSON of \`pulumi stack output --json\`, for what isn't given: at its top level or inside the one
                      output named by --component
  --component NAME    that output, for example imports`;

export interface TableOptions {
  readonly registry: string;
  readonly tenant: string;
  readonly table: string;
}

type TableValues = Partial<Record<"registry" | "tenant" | "table" | "outputs" | "component", string>>;

/** @throws UsageError */
export function tableOptions(values: TableValues, outputs = new StackOutputs(values)): TableOptions {
  const { tenant, table } = values;
  if (!tenant || !table) throw new UsageError(`--${tenant ? "table" : "tenant"} is missing`);
  return { tenant, table, registry: outputs.need("registry", values.registry, outputs.get("registryTableName")) };
}

/** What a registry knows of one table. */
export interface TableRegistry {
  readonly pk: string;
  readonly store: Store;
  readonly registry: Registry;
}

export function tableRegistry({ registry, tenant, table }: TableOptions): TableRegistry {
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
