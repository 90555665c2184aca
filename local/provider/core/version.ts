import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The version of an installed package, which is the plugin version that its resources ask the engine for. */
export function versionOf(packageName: string): string {
  const manifest = createRequire(__filename).resolve(`${packageName}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  return version;
}
