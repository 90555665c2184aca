import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve, sep } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

/** A function's code as it is deployed. */
export interface Bundle {
  /** `index.mjs`. */
  readonly code: string;
  /** `index.mjs.map`, for reading stack traces; empty where the code can be read as it is. */
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

/** What a folder's program begins with: a function's handler, or what a container runs. */
const entries = ["handler.ts", "main.ts"] as const;

/**
 * The bundle of `functions/<folder>/handler.ts`, or of `main.ts`, made once a process. The same sources give the same
 * bytes, so that unchanged code is not deployed again. A published package carries the bundles instead, in
 * `functions/<folder>/bundle/`.
 *
 * @throws pulumi.RunError when there is neither
 */
export function bundleOf(folder: string): BundleFiles {
  let bundle = bundles.get(folder);
  if (bundle === undefined) {
    bundle = entries.some((entry) => existsSync(join(functionsFolder, folder, entry)))
      ? store(folder, makeBundle(folder))
      : builtBundle(folder);
    bundles.set(folder, bundle);
  }
  return bundle;
}

/**
 * The bundle of a user's own module, which exports `handler`. Made anew each time: it may have changed meanwhile.
 *
 * @throws Error with esbuild's words, or when the module has no export `handler`
 */
export function entryBundleOf(entry: string): BundleFiles {
  const path = resolve(entry);
  const { exports, ...bundle } = bundleEntry(dirname(path), basename(path));
  if (!exports.includes("handler")) {
    const found = exports.length === 0 ? "nothing" : exports.join(", ");
    throw new Error(`it exports ${found}; Lambda calls its export "handler": export const handler = …`);
  }
  return store(`entry-${basename(path).replace(/[^\w-]/g, "-")}`, bundle);
}

/** Bundles the sources. Exported for the build of the package. */
export function makeBundle(folder: string): Bundle {
  const isFunction = existsSync(join(functionsFolder, folder, "handler.ts"));
  return isFunction
    ? bundleEntry(packageFolder, `functions/${folder}/handler.ts`)
    : bundleEntry(packageFolder, `functions/${folder}/main.ts`, asContainers);
}

/** The folders below `functions/` that are deployed, as {@link bundleOf} takes them: `<component>/<function>`. */
export function functionFolders(): string[] {
  // The kit's example is for reading: users bundle their own connector.
  return foldersWith("handler.ts").filter((folder) => !folder.startsWith("connector-kit/"));
}

/** The folders below `functions/` whose program runs in a container. */
export function serviceFolders(): string[] {
  return foldersWith("main.ts");
}

function foldersWith(entry: (typeof entries)[number]): string[] {
  return readdirSync(functionsFolder, { recursive: true, encoding: "utf8" })
    .filter((path) => basename(path) === entry)
    .map((path) => dirname(path).split(sep).join("/"))
    .sort();
}

/** As files, because text would stand in the state and be sent along at each step of an update. */
function store(name: string, { code, map }: Bundle): BundleFiles {
  const hash = createHash("sha256").update(code).update(map).digest("hex").slice(0, 16);
  const cache = join(packageFolder, "node_modules", ".cache", "data-pipelines", `${name.replaceAll("/", "-")}-${hash}`);
  mkdirSync(cache, { recursive: true });
  const write = (fileName: string, text: string): string => {
    const file = join(cache, fileName);
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, text);
    renameSync(unfinished, file);
    return file;
  };
  return { code: write("index.mjs", code), map: write("index.mjs.map", map) };
}

function bundleEntry(
  folder: string,
  entry: string,
  { alias, minify, sourcemap }: Form = { alias: slimCredentials(), minify: true, sourcemap: "external" },
): Bundle & { readonly exports: readonly string[] } {
  const output = `${entry.slice(0, -extname(entry).length)}.bundle.mjs`;
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: folder,
    entryPoints: [entry],
    outfile: output,
    write: false,
    metafile: true,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    mainFields: ["module", "main"],
    alias,
    minify,
    treeShaking: true,
    legalComments: "none",
    sourcemap,
    sourcesContent: false,
    // CommonJS dependencies call require for Node's own modules, which an ES module doesn't have. A long name: the
    // minifier doesn't know this line and gives short ones (`$r`) to others.
    banner: {
      js: 'import{createRequire as createRequireOfNode}from"node:module";const require=createRequireOfNode(import.meta.url);',
    },
    logLevel: "silent",
  });
  const text = (ending: string): string => {
    const file = outputFiles.find(({ path }) => path.endsWith(ending));
    if (file === undefined) throw new pulumi.RunError(`${entry}: esbuild gave no ${ending} file.`);
    return file.text;
  };
  const exports = Object.values(metafile.outputs).flatMap((each) => each.exports);
  return { code: text(".mjs"), map: sourcemap ? text(".map") : "", exports };
}

/** How a bundle is written. */
interface Form {
  readonly alias: Record<string, string>;
  readonly minify: boolean;
  readonly sourcemap: "external" | false;
}

/** A container gets its credentials by the SDK's whole chain; the Kafka client's WebAssembly comes inside of the bundle. */
export const ofContainers = { "@platformatic/wasm-utils": "@platformatic/wasm-utils/bundled" };

/** In an image a bundle's size hardly counts: it stays readable and has no map. */
const asContainers: Form = { alias: ofContainers, minify: false, sourcemap: false };

/** A published package has no sources: there a user's bundle carries the SDK's whole chain of credentials. */
function slimCredentials(): Record<string, string> {
  const path = join(functionsFolder, "shared", "aws", "lambdaCredentials.ts");
  return existsSync(path) ? { "@aws-sdk/credential-provider-node": path } : {};
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
