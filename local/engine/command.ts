import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { localFolder } from "../setup/paths";

/** The CLI as the Automation API wants it: `bin/pulumi` under a folder. */
export async function commandOf(pulumi: string): Promise<PulumiCommand> {
  const root = join(localFolder, "pulumi-command");
  const link = join(root, "bin", "pulumi");
  mkdirSync(join(root, "bin"), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(pulumi, link);
  return PulumiCommand.get({ root });
}
