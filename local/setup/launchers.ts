import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binFolder, repository } from "./paths.js";

/**
 * Writes the programs that the engine looks for on its PATH: the policy analyzer, and the providers that stand in for
 * `aws` and `snowflake`. A plugin of another name isn't there, so that the engine says which one is missing.
 */
export async function writeLaunchers(): Promise<void> {
  await mkdir(binFolder, { recursive: true });
  const provider = (name: string) =>
    nodeScript(`exec ${node} --import "$tsx" "$repository/local/provider/${name}.ts" "$@"`);
  await launcher("pulumi-resource-aws", provider("aws"));
  await launcher("pulumi-resource-snowflake", provider("snowflake"));
  const runPolicyPack = '"$repository/node_modules/@pulumi/pulumi/cmd/run-policy-pack"';
  await launcher("pulumi-analyzer-policy-nodejs", nodeScript(`exec ${node} --import "$tsx" ${runPolicyPack} "$@"`));
}

const node = quoted(process.execPath);

/** The engine starts plugins in folders of its own, so tsx is named by its path. */
function nodeScript(last: string): string {
  const tsx = 'tsx="file://$repository/node_modules/tsx/dist/loader.mjs"';
  return `#!/bin/sh\nrepository=${quoted(repository)}\n${tsx}\nexport TSX_TSCONFIG_PATH="$repository/tsconfig.json"\n${last}\n`;
}

async function launcher(name: string, text: string): Promise<void> {
  const file = join(binFolder, name);
  const unfinished = `${file}.${process.pid}.part`;
  await writeFile(unfinished, text);
  await chmod(unfinished, 0o755);
  await rename(unfinished, file);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
