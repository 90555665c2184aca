import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
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

/** Where a bundle lies on this machine. */
export interface BundleFiles {
  readonly code: string;
  readonly map: string;
}

const packageFolder = join(__dirname, "..", "..");
const functionsFolder = join(packageFolder, "functions");
const bundles = new Map<string, BundleFiles>();

/**
 * The bundle of `functions/<folder>/handler.ts`, made once a process. The same sources give the same bytes, so that
 * unchanged code is not deployed again. A published package carries the bundles instead, in `functions/<folder>/bundle/`.
 *
 * @throws pulumi.RunError when there is neither
 */
export function bundleOf(folder: string): BundleFiles {
  let bundle = bundles.get(folder);
  if (bundle === undefined) {
    bundle = existsSync(join(functionsFolder, folder, "handler.ts")) ? storeBundle(folder) : builtBundle(folder);
    bundles.set(folder, bundle);
  }
  return bundle;
}

/** As files, because text would stand in the state and be sent along at each step of an update. */
function storeBundle(folder: string): BundleFiles {
  const { code, map } = makeBundle(folder);
  const hash = createHash("sha256").update(code).update(map).digest("hex").slice(0, 16);
  const cache = join(packageFolder, "node_modules", ".cache", "data-pipelines", `${folder}-${hash}`);
  mkdirSync(cache, { recursive: true });
  const store = (name: string, text: string): string => {
    const file = join(cache, name);
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, text);
    renameSync(unfinished, file);
    return file;
  };
  return { code: store("index.mjs", code), map: store("index.mjs.map", map) };
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

function builtBundle(folder: string): BundleFiles {
  const built = join(functionsFolder, folder, "bundle");
  const files = { code: join(built, "index.mjs"), map: join(built, "index.mjs.map") };
  if (!existsSync(files.code)) {
    throw new pulumi.RunError(
      `functions/${folder}: there is neither handler.ts nor bundle/index.mjs. Install the package again, or build it (npm run build).`,
    );
  }
  return files;
}
