import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { builtinModules } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as pulumi from "@pulumi/pulumi";
import { publint } from "publint";
import { commands } from "../../../cli";
import { PROGRAM } from "../../../cli/shared/commandLine";
import type { ConnectorHandler } from "../../../functions/connector-kit";
import type * as Package from "../../../index";
import { componentFolders, packageName } from "../../../tools/build";
import { runMocked } from "../mocks";
import { type Packed, packed, project } from "./installed";

const root = join(__dirname, "..", "..", "..");
/** What a program with AWS alone has installed. */
const ofEverybody = ["@pulumi/pulumi", "@pulumi/aws"];
const maxPackedBytes = 5_000_000;

interface Manifest {
  readonly main: string;
  readonly types: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

describe("the packed package", function () {
  this.timeout(300_000);
  let pack: Packed;
  let whole: { path: string; remove(): void };
  let folder = "";
  let manifest: Manifest;
  before(() => {
    pack = packed();
    manifest = JSON.parse(readFileSync(join(pack.folder, "package.json"), "utf8")) as Manifest;
    whole = project(pack, [...Object.keys(manifest.peerDependencies), ...Object.keys(manifest.dependencies)]);
    folder = join(whole.path, "node_modules", packageName);
  });
  after(() => {
    whole.remove();
    pack.remove();
  });

  it("S4: it is required by its package.json, and a component deploys its own bundle", async () => {
    const { main, types } = manifest;
    assert.ok(existsSync(join(folder, types)));
    assert.ok(
      !existsSync(join(folder, "functions", "s3-to-dynamodb", "collect", "handler.js")),
      "handlers are only in bundles",
    );
    const { S3ToDynamoDb } = require(join(folder, main)) as typeof Package;
    const run = await runMocked(() => new S3ToDynamoDb("ingest", { sources: [{ name: "orders" }] }));
    const [lambda] = run.ofType("aws:lambda/function:Function");
    const built = readFileSync(join(folder, "functions", "s3-to-dynamodb", "collect", "bundle", "index.mjs"), "utf8");
    const archive = lambda?.inputs.code as pulumi.asset.AssetArchive;
    const code = (await archive.assets)["index.mjs"] as pulumi.asset.FileAsset;
    assert.equal(readFileSync(await code.path, "utf8"), built);
  });

  it("F10: a connector that is written with the package's kit is bundled and deployed", async () => {
    const { FivetranConnector } = require(join(folder, "index.js")) as typeof Package;
    const entry = join(whole.path, "connector.ts");
    writeFileSync(
      entry,
      `import { defineConnector, lambdaHandler } from "${packageName}/connector-kit";
       export const handler = lambdaHandler(defineConnector({
         schema: { orders: { primaryKey: ["id"] } },
         test: async () => undefined,
         pull: async function* () { yield { upserts: { orders: [{ id: 7 }] }, cursor: 1 }; },
       }));`,
    );
    const run = await runMocked(() => new FivetranConnector("orders", { entry, externalId: "delivered_ample" }));
    const [lambda] = run.ofType("aws:lambda/function:Function");
    const archive = lambda?.inputs.code as pulumi.asset.AssetArchive;
    const code = (await archive.assets)["index.mjs"] as pulumi.asset.FileAsset;
    const { handler } = (await import(pathToFileURL(await code.path).href)) as { handler: ConnectorHandler };
    process.env.PIPELINE = "orders";
    const answer = await handler({ state: {} }, { getRemainingTimeInMillis: () => 60_000 });
    delete process.env.PIPELINE;
    assert.deepEqual(answer.insert, { orders: [{ id: 7 }] });
    assert.equal(answer.hasMore, false);
  });

  it("S4: its dependencies and peers are exactly what it requires", () => {
    const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
    // The command is one file with all that it needs; that it runs without any other package is shown below.
    const files = all.filter((file) => !Object.values(manifest.bin).includes(`./${file}`));
    assert.equal(files.length, all.length - 1);
    const required = files.flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/require\("([^".][^"]*)"\)/g)].map(([, name = ""]) => name),
    );
    const packages = new Set(
      required
        .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name))
        .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0]),
    );
    const declared = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)];
    assert.deepEqual([...packages].sort(), declared.sort());
    // Two copies of an SDK in one program break it, so none may come along with the package.
    assert.deepEqual(
      Object.keys(manifest.dependencies).filter((name) => name.startsWith("@pulumi/")),
      [],
    );
  });

  it("S4: every component can be imported alone, and needs the Pulumi packages that are declared for it alone", () => {
    const needs: Readonly<Record<string, readonly string[]>> = {
      "fivetran-dbt-orchestration": ["@pulumi/awsx", "@pulumi/docker-build"],
      "kafka-lambda-sink": ["@pulumi/awsx", "@pulumi/docker-build"],
      "snowflake-landing": ["@pulumi/snowflake"],
    };
    const optional = Object.keys(manifest.peerDependenciesMeta).sort();
    assert.deepEqual([...new Set(Object.values(needs).flat())].sort(), optional);
    for (const component of componentFolders()) {
      const own = needs[component] ?? [];
      const user = project(pack, [...ofEverybody, ...own, ...Object.keys(manifest.dependencies)]);
      try {
        const script = `const all = require("${packageName}/${component}"); console.log(Object.keys(all).join(" "));`;
        const names = execFileSync(process.execPath, ["-e", script], { cwd: user.path, encoding: "utf8" });
        assert.match(names, /\w/, component);
      } finally {
        user.remove();
      }
    }
  });

  describe("its command", () => {
    let empty: { path: string; remove(): void };
    before(() => {
      empty = project(pack, []);
    });
    after(() => empty.remove());

    /** Calls it in a project that has installed nothing but the package. */
    function call(
      args: readonly string[],
      endpoint = "http://127.0.0.1:1",
      nodeOptions = "",
    ): Promise<{ code: number; output: string }> {
      const file = join(empty.path, "node_modules", packageName, manifest.bin[PROGRAM] ?? "none");
      const env = {
        PATH: process.env.PATH,
        AWS_REGION: "eu-central-1",
        AWS_ACCESS_KEY_ID: "none",
        AWS_SECRET_ACCESS_KEY: "none",
        AWS_ENDPOINT_URL: endpoint,
        NODE_OPTIONS: nodeOptions,
      };
      return new Promise((resolve) => {
        execFile(process.execPath, [file, ...args], { cwd: empty.path, env }, (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), output: out + err }),
        );
      });
    }

    it("I21, S10: it runs where nothing else is installed, and tells the options of each of its commands", async () => {
      const text = readFileSync(join(folder, manifest.bin[PROGRAM] ?? ""), "utf8");
      assert.match(text, /^#!\/usr\/bin\/env node\n/);
      for (const name of Object.keys(commands)) {
        const { code, output } = await call([name, "--help"]);
        assert.deepEqual(
          [name, code, output.split("\n")[0]?.startsWith(`Usage: npx ${PROGRAM} ${name} `)],
          [name, 0, true],
        );
        const wrong = await call([name, "--no-such-flag"]);
        assert.equal(wrong.code, 2, wrong.output);
        assert.match(wrong.output, new RegExp(`See npx ${PROGRAM} ${name} --help`));
      }
    });

    it("F11: it plays Fivetran for a connector of one's own, in JavaScript or, with tsx, in TypeScript", async () => {
      const answer = `({ state: { at: 1 }, insert: { orders: [{ id: 7 }] }, schema: { orders: { primary_key: ["id"] } }, hasMore: false })`;
      writeFileSync(join(empty.path, "secrets.json"), "{}");
      writeFileSync(join(empty.path, "plain.mjs"), `export const handler = async () => ${answer};`);
      writeFileSync(
        join(empty.path, "typed.ts"),
        `export const handler = async (_: unknown): Promise<object> => ${answer};`,
      );
      const play = (connector: string, nodeOptions?: string) =>
        call(["fivetran-invoke", "--connector", connector, "--secrets", "secrets.json"], undefined, nodeOptions);
      const tsx = `--import ${pathToFileURL(require.resolve("tsx")).href}`;
      for (const { code, output } of [await play("plain.mjs"), await play("typed.ts", tsx)]) {
        assert.equal(code, 0, output);
        assert.match(output, /orders +1 +0 +1 +0/);
      }
      // Later versions of Node.js read TypeScript by themselves, unless told not to.
      const readsTypes = process.allowedNodeEnvironmentFlags.has("--no-experimental-strip-types");
      const typed = await play("typed.ts", readsTypes ? "--no-experimental-strip-types" : "");
      assert.equal(typed.code, 2, typed.output);
      assert.match(typed.output, /can't be loaded: .*Fix: .*install tsx and set NODE_OPTIONS="--import tsx"/);
    });

    it("I21: replay compares a bucket with the ledger and sends what is missing, with the clients in the package", async () => {
      const messages: string[] = [];
      const version = (key: string) =>
        `<Version><Key>${key}</Key><VersionId>null</VersionId><IsLatest>true</IsLatest><Size>3</Size>` +
        `<LastModified>2026-01-02T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag></Version>`;
      const server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk) => {
          body += chunk;
        });
        request.on("end", () => {
          const action = String(request.headers["x-amz-target"] ?? "ListObjectVersions");
          if (action.endsWith("SendMessage")) messages.push((JSON.parse(body) as { MessageBody: string }).MessageBody);
          response.end(
            action === "ListObjectVersions"
              ? `<ListVersionsResult><IsTruncated>false</IsTruncated>${version("in/a.csv")}${version("in/b.csv")}</ListVersionsResult>`
              : action.endsWith("BatchGetItem")
                ? `{"Responses":{"ledger":[]}}`
                : JSON.stringify({
                    MD5OfMessageBody: createHash("md5")
                      .update(messages.at(-1) ?? "")
                      .digest("hex"),
                  }),
          );
        });
      }).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      try {
        const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const where = ["--bucket", "in", "--queue-url", `${endpoint}/1/collect`, "--ledger-table", "ledger"];
        const { code, output } = await call(["replay", "--source", "orders", ...where], endpoint);
        assert.equal(code, 0, output);
        assert.match(output, /2 sent, 0 left alone, 0 failed/);
        assert.deepEqual(
          messages.map((text) => /"key":"([^"]+)"/.exec(text)?.[1]),
          ["in/a.csv", "in/b.csv"],
        );
      } finally {
        server.close();
      }
    });
  });

  it("S4: publint and are-the-types-wrong find nothing, also for TypeScript's older module resolution", async () => {
    const { messages } = await publint({ pkgDir: pack.folder, strict: true, pack: false });
    assert.deepEqual(messages, []);
    const cli = join(root, "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
    const { status, stdout } = spawnSync(process.execPath, [cli, pack.tarball, "--format", "json"], {
      encoding: "utf8",
    });
    const { problems } = JSON.parse(stdout) as { problems?: unknown };
    assert.deepEqual({ status, problems: problems ?? {} }, { status: 0, problems: {} });
  });

  it(`S4: it has at most ${maxPackedBytes / 1_000_000} MB packed, and the pages that its README links to`, () => {
    assert.ok(statSync(pack.tarball).size <= maxPackedBytes, `${statSync(pack.tarball).size} bytes`);
    const links = [...readFileSync(join(folder, "README.md"), "utf8").matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)];
    assert.ok(links.length > 5);
    const dead = links.map(([, path = ""]) => path).filter((path) => !existsSync(join(folder, path)));
    assert.deepEqual(dead, []);
  });
});
