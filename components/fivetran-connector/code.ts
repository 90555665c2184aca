import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../parts/arguments";
import { entryBundleOf } from "../parts/bundle";
import { archive } from "../parts/nodeFunction";
import type { FivetranConnectorArgs } from "./args";

/** The function's code from `entry` or `bundle`. @throws ArgumentError when there is none that Lambda could call */
export function connectorCode(
  check: ArgumentCheck,
  { entry, bundle }: Pick<FivetranConnectorArgs, "entry" | "bundle">,
): pulumi.Input<pulumi.asset.Archive> {
  if (entry !== undefined && bundle !== undefined) {
    check.fail("bundle", bundle, `There is an entry too (${entry}); give only one of them.`);
  }
  if (entry !== undefined) return bundled(check, entry);
  if (bundle !== undefined) return ready(check, bundle);
  check.fail("entry", entry, "Give the path of the module that exports handler, or a bundle that is ready.");
}

function bundled(check: ArgumentCheck, entry: string): pulumi.Input<pulumi.asset.Archive> {
  if (!existsSync(entry)) check.fail("entry", entry, `There is no file ${resolve(entry)}.`);
  try {
    return archive(entryBundleOf(entry));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return check.fail("entry", entry, `It can't be deployed: ${reason}`);
  }
}

const modules = ["index.mjs", "index.js", "index.cjs"];

function ready(check: ArgumentCheck, bundle: string): pulumi.asset.Archive {
  if (!existsSync(bundle)) check.fail("bundle", bundle, `There is nothing at ${resolve(bundle)}; build it first.`);
  if (statSync(bundle).isDirectory()) {
    if (!modules.some((name) => existsSync(join(bundle, name)))) {
      check.fail("bundle", bundle, `The folder has none of ${modules.join(", ")}; Lambda calls index.handler.`);
    }
  } else if (!bundle.endsWith(".zip")) {
    check.fail("bundle", bundle, "Give a folder or a .zip file; a module's source goes into entry.");
  }
  return new pulumi.asset.FileArchive(bundle);
}
