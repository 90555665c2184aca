import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

/** A function's code as it is deployed. */
export interface Bundle {
  /** `index.mjs`. */
  readonly code: string;
  /** `index.mjs.map`, for reading stack traces. */
  readonly map: string;
}

const functionsFolder = join(__dirname, "..", "..", "functions");
const bundles = new Map<string, Bundle>();

/**
 * The bundle of `functions/<folder>/handler.ts`, made once a process. The same sources give the same bytes, so that
 * unchanged code is not deployed again. A published package carries the bundles instead, in `functions/<folder>/bundle/`.
 *
 * @throws pulumi.RunError when there is neither
 */
export function bundleOf(folder: string): Bundle {
  let bundle = bundles.get(folder);
  if (bundle === undefined) {
    bundle = existsSync(join(functionsFolder, folder, "handler.ts")) ? makeBundle(folder) : readBundle(folder);
    bundles.set(folder, bundle);
  }
  return bundle;
}

/** Bundles the sources. Exported for the build of the package. */
export function makeBundle(folder: string): Bundle {
  const result = buildSync({
    absWorkingDir: join(functionsFolder, ".."),
    entryPoints: [`functions/${folder}/handler.ts`],
    outfile: `functions/${folder}/index.mjs`,
    write: false,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    alias: { "@aws-sdk/credential-provider-node": "./functions/shared/lambdaCredentials.ts" },
    minify: true,
    treeShaking: true,
    legalComments: "none",
    sourcemap: "external",
    sourcesContent: false,
    // CommonJS dependencies call require for Node's own modules, which an ES module doesn't have. A long name: the
    // minifier doesn't know this line and gives short ones (`$r`) to others.
    banner: {
      js: 'import{createRequire as createRequireOfNode}from"node:module";const require=createRequireOfNode(import.meta.url);',
    },
    logLevel: "silent",
  });
  const text = (ending: string): string => {
    const file = result.outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined)
      throw new pulumi.RunError(`functions/${folder}/handler.ts: esbuild gave no ${ending} file.`);
    return file.text;
  };
  return { code: text(".mjs"), map: text(".map") };
}

function readBundle(folder: string): Bundle {
  const built = join(functionsFolder, folder, "bundle");
  if (!existsSync(join(built, "index.mjs"))) {
    throw new pulumi.RunError(
      `functions/${folder}: there is neither handler.ts nor bundle/index.mjs. Install the package again, or build it (npm run build).`,
    );
  }
  return {
    code: readFileSync(join(built, "index.mjs"), "utf8"),
    map: readFileSync(join(built, "index.mjs.map"), "utf8"),
  };
}
