import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { play, playTest } from "../../../cli/fivetran-invoke/play";
import { connector } from "./docExample";
import { ask } from "./harness";

const root = join(__dirname, "..", "..", "..");
const doc = readFileSync(join(root, "docs", "writing-a-connector.md"), "utf8");

function block(language: string, index = 0): string {
  const blocks = [...doc.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))];
  return blocks[index]?.[1] ?? assert.fail(`no ${language} ${index} in the docs`);
}

/** The API of the example, for processes that know no other internet. */
const fakeApi = `
const ticket = (id) => ({ id, subject: "Ticket " + id, updated_at: "2026-01-01", deleted: false });
globalThis.fetch = async (address) => {
  const { pathname, searchParams } = new URL(address);
  const first = searchParams.get("after") === "2000-01-01";
  const page = { tickets: first ? [ticket(1), ticket(2)] : [], after: "b", more: first };
  return new Response(JSON.stringify(pathname === "/tickets" ? page : {}));
};
`;

/** Stands in for the SDKs, plays two answers, and prints what reached Fivetran. */
const bridgeHarness = `
import io, json, sys, types

said = []
class Operations:
    upsert = staticmethod(lambda table, data: said.append(["upsert", table, data]))
    delete = staticmethod(lambda table, keys: said.append(["delete", table, keys]))
    checkpoint = staticmethod(lambda state: said.append(["checkpoint", state]))

schema = {"tickets": {"primary_key": ["id"]}}
answers = [
    {"state": {"at": 1}, "insert": {"tickets": [{"id": 1}]}, "schema": schema, "hasMore": True},
    {"state": {"at": 2}, "insert": {}, "delete": {"tickets": [{"id": 1}]}, "schema": schema, "hasMore": False},
]
class Client:
    def assume_role(self, **given):
        said.append(["role", given["RoleArn"], given["ExternalId"]])
        return {"Credentials": {"AccessKeyId": "A", "SecretAccessKey": "S", "SessionToken": "T"}}
    def invoke(self, FunctionName, Payload):
        request = json.loads(Payload)
        said.append(["invoke", FunctionName, request["state"], request["secrets"], request.get("setup_test", False)])
        answer = {"state": {}, "insert": {}, "schema": schema, "hasMore": False} if "setup_test" in request else answers.pop(0)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

sdk = types.ModuleType("fivetran_connector_sdk")
sdk.Operations = Operations
sdk.Connector = lambda update, schema: (update, schema)
boto3 = types.ModuleType("boto3")
boto3.client = lambda name, **given: Client()
sys.modules.update(fivetran_connector_sdk=sdk, boto3=boto3)
scope = {}
exec(sys.stdin.read(), scope)
update, read_schema = scope["connector"]
configuration = {"accessKeyId": "A", "secretAccessKey": "S", "region": "eu-west-1", "roleArn": "role", "externalId": "id",
    "function": "f", "secrets": json.dumps({"apiKey": "k"})}
said.append(["schema", read_schema(configuration)])
update(configuration, {})
print(json.dumps(said))
`;

describe("Fivetran connector: documentation", () => {
  it("F10, F12: the example of the docs is the one that is compiled and run here", () => {
    const source = readFileSync(join(__dirname, "docExample.ts"), "utf8");
    const documented = block("ts").replace(
      '"pulumi-data-pipelines/connector-kit"',
      '"../../../functions/connector-kit"',
    );
    assert.equal(documented, source);
  });

  it("F10: the example syncs tickets, changes and deletes, and its test reads no data", async () => {
    const pages = new Map([
      ["/tickets?after=2000-01-01", { tickets: [ticket(1), ticket(2)], after: "b", more: true }],
      ["/tickets?after=b", { tickets: [ticket(3)], after: "c", more: false }],
      ["/tickets?after=c", { tickets: [{ ...ticket(2), deleted: true }], after: "d", more: false }],
    ]);
    const asked: string[] = [];
    const { fetch } = globalThis;
    globalThis.fetch = async (input) => {
      const path = String(input).replace("https://api.example.com", "");
      asked.push(path);
      return new Response(JSON.stringify(pages.get(path) ?? {}), { status: path === "/gone" ? 404 : 200 });
    };
    const invoke = async (request: unknown) => (await ask(connector, request)).response;
    try {
      await playTest({ secrets: { apiKey: "k" }, invoke });
      assert.deepEqual(asked, ["/me"]);
      const first = await play({ secrets: { apiKey: "k" }, invoke });
      assert.deepEqual(first.tables[0], { table: "tickets", rows: 3, deleted: 0, upserts: 3, deletes: 0 });
      const { store, state } = await play({ secrets: { apiKey: "k" }, invoke, state: first.state, store: first.store });
      assert.deepEqual(
        store.rows("tickets").map(({ id }) => id),
        [1, 3],
      );
      assert.deepEqual(state, { kit: 1, version: 1, cursor: "d" });
    } finally {
      globalThis.fetch = fetch;
    }
  });

  describe("as printed", () => {
    // Within the package, so that its name leads to it, as it does from a project that has installed it.
    const folder = join(root, ".local", `docs-connector-${process.pid}`);
    const environment = { ...process.env, NODE_OPTIONS: `--import=${join(folder, "api.mjs")}` };
    before(() => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "api.mjs"), fakeApi);
      writeFileSync(join(folder, "tickets.ts"), block("ts"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("F10: the commands of the docs test the connector and sync it", () => {
      const names = /(?<![\w./-])(?=(?:tickets\.ts|secrets\.json|state\.json|rows)(?:\s|$))/g;
      const commands = block("sh").replaceAll(names, `${folder}/`);
      const { status, stdout, stderr } = spawnSync("bash", ["-e", "-c", commands], {
        cwd: root,
        env: environment,
        encoding: "utf8",
      });
      assert.equal(status, 0, `${stdout}\n${stderr}`);
      const rows = readFileSync(join(folder, "rows", "tickets.ndjson"), "utf8")
        .trim()
        .split("\n");
      assert.deepEqual(
        rows.map((row) => (JSON.parse(row) as { id: number }).id),
        [1, 2],
      );
      assert.deepEqual(JSON.parse(readFileSync(join(folder, "state.json"), "utf8")), {
        kit: 1,
        version: 1,
        cursor: "b",
      });
    }).timeout(120_000);

    it("F10: the test of the docs runs", () => {
      const run = (text: string) => {
        const [from, to] = [join(folder, "tickets.test.ts"), join(folder, "tickets.test.mjs")];
        writeFileSync(from, text);
        const alias = { "pulumi-data-pipelines/connector-kit": join(root, "functions", "connector-kit") };
        const banner = {
          js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
        };
        buildSync({ entryPoints: [from], outfile: to, bundle: true, platform: "node", format: "esm", alias, banner });
        return spawnSync(process.execPath, [to], { cwd: root, env: environment, encoding: "utf8" });
      };
      const { status, stderr } = run(block("ts", 1));
      assert.equal(status, 0, stderr);
      // One that expects something else fails.
      assert.notEqual(run(block("ts", 1).replace("length, 2", "length, 3")).status, 0);
    }).timeout(120_000);
  });

  it("F12: the core imports nothing but Node.js, so that a connector can move", () => {
    const folder = join(root, "functions", "connector-kit", "core");
    for (const file of readdirSync(folder)) {
      const text = readFileSync(join(folder, file), "utf8");
      for (const [, from = ""] of text.matchAll(/from "([^"]+)"/g)) {
        const isBuiltin = from.startsWith("node:") && builtinModules.includes(from.slice("node:".length));
        assert.ok(isBuiltin || /^\.\/[\w]+$/.test(from), `${file} imports ${from}`);
      }
      assert.doesNotMatch(text, /\b(?:import|require)\(/, file);
    }
  });

  it("F12: the docs say since when function connectors are closed, and to whom", () => {
    for (const name of ["writing-a-connector.md", "fivetran-connector.md"]) {
      const text = readFileSync(join(root, "docs", name), "utf8");
      assert.match(text, /22 July 2025/, name);
      assert.match(text, /Connector SDK/, name);
    }
  });

  it("F12: the Connector SDK connector of the docs hands on what the function answers, and its state behind it", () => {
    const { stdout, stderr, status } = spawnSync("python3", ["-c", bridgeHarness], {
      input: block("python"),
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), [
      ["role", "role", "id"],
      ["invoke", "f", {}, { apiKey: "k" }, true],
      ["schema", [{ table: "tickets", primary_key: ["id"] }]],
      ["role", "role", "id"],
      ["invoke", "f", {}, { apiKey: "k" }, false],
      ["upsert", "tickets", { id: 1 }],
      ["checkpoint", { at: 1 }],
      ["invoke", "f", { at: 1 }, { apiKey: "k" }, false],
      ["delete", "tickets", { id: 1 }],
      ["checkpoint", { at: 2 }],
    ]);
  });
});

function ticket(id: number) {
  return { id, subject: `Ticket ${id}`, updated_at: "2026-01-01", deleted: false };
}
