import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { binFolder, repository } from "./paths";

/**
 * Writes the programs that the engine looks for on its PATH: the policy analyzer, and the providers that stand in for
 * `aws`, `awsx`, `docker-build` and `snowflake`, and the components' own for other languages. A plugin of another name isn't there, so that the engine says which one is missing.
 */
export async function writeLaunchers(): Promise<void> {
  await mkdir(binFolder, { recursive: true });
  await launcher("pulumi-resource-aws", nodeScript("local/provider/aws.ts"));
  await launcher("pulumi-resource-awsx", nodeScript("local/provider/awsx.ts"));
  await launcher("pulumi-resource-data-pipelines", nodeScript("plugin/index.ts"));
  await launcher("pulumi-resource-docker-build", nodeScript("local/provider/dockerBuild.ts"));
  await launcher("pulumi-resource-snowflake", nodeScript("local/provider/snowflake.ts"));
  await launcher("pulumi-analyzer-policy-nodejs", nodeScript("local/setup/policyHost.ts"));
}

/** The engine starts plugins in folders of its own, so everything is named by its full path. */
function nodeScript(entry: string): string {
  return [
    "#!/bin/sh",
    `repository=${quoted(repository)}`,
    "export LOCAL_PARENT_PID=$PPID",
    'export TSX_TSCONFIG_PATH="$repository/tsconfig.json"',
    'tsx="file://$repository/node_modules/tsx/dist/loader.mjs"',
    `exec ${quoted(process.execPath)} --import "$tsx" "$repository/${entry}" "$@"`,
    "",
  ].join("\n");
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
