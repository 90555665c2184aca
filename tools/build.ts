/** `npm run build`: makes `dist`, the package as it is published: JavaScript, types, and the functions' bundles. */
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";
import { PROGRAM } from "../cli/shared/commandLine";
import { functionFolders, makeBundle, ofContainers, serviceFolders } from "../components/parts/bundle";

const root = resolve(__dirname, "..");
/** As users name it in an import. */
export const packageName = "pulumi-data-pipelines";
const texts = ["LICENSE", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"];
const kit = "functions/connector-kit/index.ts";
/** Reads what S3ToDynamoDb has written; without Pulumi. */
const items = "functions/s3-to-dynamodb/items.ts";
const program = "cli/index.js";

export interface BuildOptions {
  /** Where the package goes; what is there is removed. @default dist */
  readonly folder?: string;
}

/** @throws Error with the compiler's output when the sources don't compile */
export function build({ folder = join(root, "dist") }: BuildOptions = {}): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  compile(folder);
  for (const name of [...functionFolders(), ...serviceFolders()]) {
    const bundle = join(folder, "functions", name, "bundle");
    const { code, map } = makeBundle(name);
    mkdirSync(bundle, { recursive: true });
    writeFileSync(join(bundle, "index.mjs"), code);
    if (map !== "") writeFileSync(join(bundle, "index.mjs.map"), map);
  }
  buildProgram(folder);
  for (const name of serviceFolders()) {
    const file = join("functions", name, "Dockerfile");
    copyFileSync(join(root, file), join(folder, file));
  }
  // What dbt's image is built of goes along as it is.
  const image = join("functions", "fivetran-dbt-orchestration", "dbt");
  cpSync(join(root, image), join(folder, image), {
    recursive: true,
    filter: (path) => !/__pycache__|example-project|\.user\.yml/.test(path),
  });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(), undefined, 2)}\n`);
  for (const file of texts) copyFileSync(join(root, file), join(folder, file));
  // The README's links lead to them.
  for (const linked of ["docs", "examples"]) cpSync(join(root, linked), join(folder, linked), { recursive: true });
  return folder;
}

/** The package's command, with all that it needs: users have none of its clients installed. */
function buildProgram(folder: string): void {
  buildSync({
    absWorkingDir: root,
    entryPoints: ["cli/index.ts"],
    outfile: join(folder, program),
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    minify: true,
    alias: ofContainers,
    // What is written as ES modules asks where it stands; in one CommonJS file that is the file itself.
    define: { "import.meta.url": "urlOfThisFile" },
    banner: { js: '#!/usr/bin/env node\nconst urlOfThisFile=require("node:url").pathToFileURL(__filename).href;' },
    // Of delta-preview alone, and native: it says how to install it.
    external: ["@duckdb/node-api"],
    logLevel: "error",
  });
}

/** Only what users import: the components and the kit for connectors; no stacks, no tests. */
function compile(folder: string): void {
  const project = join(folder, "tsconfig.json");
  const settings = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: {
      outDir: folder,
      rootDir: root,
      declaration: true,
      incremental: false,
      tsBuildInfoFile: null,
      types: ["node"],
      typeRoots: [join(root, "node_modules", "@types")],
    },
    files: [join(root, "index.ts"), join(root, kit), join(root, items)],
    include: [],
  };
  writeFileSync(project, JSON.stringify(settings));
  try {
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "--project", project], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  } catch (error) {
    const output = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    throw new Error(`The sources don't compile:\n${output}`);
  } finally {
    rmSync(project, { force: true });
  }
}

/** The folders of `components/` that can be imported alone. */
export function componentFolders(): string[] {
  const components = join(root, "components");
  return readdirSync(components)
    .filter((name) => existsSync(join(components, name, "index.ts")))
    .sort();
}

/** Packages that a program has to have once, or its resources wouldn't be of one engine. */
const peers = ["@pulumi/aws", "@pulumi/pulumi"];
/** Peers of single components: who doesn't use those needs neither the package nor its plugin. */
const optionalPeers = ["@pulumi/awsx", "@pulumi/docker-build", "@pulumi/snowflake"];
const ownDependencies = [
  "@aws-lambda-powertools/logger",
  "@aws-sdk/client-dynamodb",
  "@aws-sdk/client-s3",
  "@aws-sdk/client-sqs",
  "asl-validator",
  "csv-parse",
  "esbuild",
  "jsonata",
];

/** The repository's package.json as users need it: no scripts, and of the dependencies those that the code requires. */
function manifest(): Record<string, unknown> {
  const { name, version, description, license, engines, dependencies } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  ) as { dependencies: Record<string, string> } & Record<string, unknown>;
  const versions = (names: readonly string[]) => Object.fromEntries(names.map((one) => [one, dependencies[one]]));
  const entries: Record<string, string> = {
    ...Object.fromEntries(componentFolders().map((one) => [one, `components/${one}/index`])),
    "connector-kit": kit.replace(/\.ts$/, ""),
    items: items.replace(/\.ts$/, ""),
  };
  const exported = (path: string) => ({ types: `./${path}.d.ts`, default: `./${path}.js` });
  return {
    name,
    version,
    description,
    license,
    engines,
    bin: { [PROGRAM]: `./${program}` },
    files: ["index.js", "cli", "index.d.ts", "components", "functions", "docs", "examples", ...texts],
    type: "commonjs",
    main: "./index.js",
    types: "./index.d.ts",
    exports: {
      ".": exported("index"),
      ...Object.fromEntries(Object.entries(entries).map(([name, path]) => [`./${name}`, exported(path)])),
      "./package.json": "./package.json",
    },
    // For TypeScript's older resolution (`"moduleResolution": "node"`), which many Pulumi projects still have.
    typesVersions: { "*": Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, [`${path}.d.ts`]])) },
    dependencies: versions(ownDependencies),
    peerDependencies: versions([...peers, ...optionalPeers].sort()),
    peerDependenciesMeta: Object.fromEntries(optionalPeers.map((one) => [one, { optional: true }])),
  };
}

if (require.main === module) console.log(`Built ${build()}`);
