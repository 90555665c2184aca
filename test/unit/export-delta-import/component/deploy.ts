import * as pulumi from "@pulumi/pulumi";
import type { DeltaConfig } from "../../../../functions/export-delta-import/shared/config";
import { ExportDeltaImport, type ExportDeltaImportArgs } from "../../../../index";
import { type MockOptions, type MockResource, type MockRun, runMocked } from "../../mocks";

export const smallest: ExportDeltaImportArgs = { tables: [{ table: "orders", keyColumns: ["id"] }] };

export function deploy(
  args: Partial<ExportDeltaImportArgs> = {},
  options: MockOptions = {},
): Promise<MockRun<ExportDeltaImport>> {
  return runMocked(() => new ExportDeltaImport("imports", { ...smallest, ...args }), { computed, ...options });
}

/** What AWS computes for the types that only this component makes. */
function computed({ type, inputs }: MockResource): Record<string, unknown> {
  return type === "aws:kinesis/stream:Stream"
    ? { arn: `arn:aws:kinesis:us-east-1:000000000000:stream/${String(inputs.name)}` }
    : {};
}

/** What a function of the component is told beside its environment. */
export async function configOf({ name, inputs }: MockResource): Promise<DeltaConfig> {
  const archive = inputs.code;
  if (!(archive instanceof pulumi.asset.AssetArchive)) throw new Error(`${name} has no archive`);
  const files = (await archive.assets) as Record<string, pulumi.asset.StringAsset>;
  return JSON.parse((await files["config.json"]?.text) ?? "null");
}
