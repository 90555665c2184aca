import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as pulumi from "@pulumi/pulumi";
import type { ConnectorHandler } from "../../../functions/connector-kit";
import type * as Package from "../../../index";
import { build } from "../../../tools/build";
import { runMocked } from "../mocks";

// Inside the repository, so that the package finds its dependencies.
const folder = join(__dirname, "..", "..", "..", ".local", "build-test");

describe("the built package", () => {
  before(() => {
    build({ folder });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("S4: it is required by its package.json, and a component deploys its own bundle", async () => {
    const { main, types } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
    assert.ok(existsSync(join(folder, String(types))));
    assert.ok(
      !existsSync(join(folder, "functions", "s3-to-dynamodb", "collect", "handler.js")),
      "handlers are only in bundles",
    );
    const { S3ToDynamoDb } = require(join(folder, String(main))) as typeof Package;
    const run = await runMocked(() => new S3ToDynamoDb("ingest", { sources: [{ name: "orders" }] }));
    const [lambda] = run.ofType("aws:lambda/function:Function");
    const built = readFileSync(join(folder, "functions", "s3-to-dynamodb", "collect", "bundle", "index.mjs"), "utf8");
    const archive = lambda?.inputs.code as pulumi.asset.AssetArchive;
    const code = (await archive.assets)["index.mjs"] as pulumi.asset.FileAsset;
    assert.equal(readFileSync(await code.path, "utf8"), built);
  });

  it("F10: a connector that is written with the package's kit is bundled and deployed", async () => {
    const { FivetranConnector } = require(join(folder, "index.js")) as typeof Package;
    const entry = join(folder, "connector.ts");
    const kit = join(folder, "functions", "connector-kit");
    writeFileSync(
      entry,
      `import { defineConnector, lambdaHandler } from ${JSON.stringify(kit)};
       export const handler = lambdaHandler(defineConnector({
         schema: { orders: { primaryKey: ["id"] } },
         test: async () => undefined,
         pull: async function* () { yield { upserts: { orders: [{ id: 7 }] }, cursor: 1 }; },
       }));`,
    );
    const run = await runMocked(() => new FivetranConnector("orders", { entry, externalId: "delivered_ample" }));
    rmSync(entry);
    const [lambda] = run.ofType("aws:lambda/function:Function");
    const archive = lambda?.inputs.code as pulumi.asset.AssetArchive;
    const code = (await archive.assets)["index.mjs"] as pulumi.asset.FileAsset;
    const { handler } = (await import(pathToFileURL(await code.path).href)) as { handler: ConnectorHandler };
    process.env.PIPELINE = "orders";
    const answer = await handler({ state: {} }, { getRemainingTimeInMillis: () => 60_000 });
    delete process.env.PIPELINE;
    assert.deepEqual(answer.insert, { orders: [{ id: 7 }] });
    assert.equal(answer.hasMore, false);
    assert.ok(existsSync(join(kit, "index.d.ts")));
  });

  it("S4: its dependencies are exactly what it requires", () => {
    const { dependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
    const required = files.flatMap((file) =>
      [...readFileSync(join(folder, file), "utf8").matchAll(/require\("([^".][^"]*)"\)/g)].map(([, name = ""]) => name),
    );
    const packages = new Set(
      required
        .filter((name) => !name.startsWith("node:") && !builtinModules.includes(name))
        .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0]),
    );
    assert.deepEqual([...packages].sort(), Object.keys(dependencies).sort());
  });
});
