import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { start } from "./start";

const root = resolve(__dirname, "../../..");

describe("the pack in Pulumi's own host", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "policy-pack-"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("P33: the folder alone is a pack that starts, without the repository around it", async () => {
    const pack = join(folder, "policy");
    cpSync(join(root, "policy"), pack, {
      recursive: true,
      filter: (path) => !/policy\/(access|check|config)$/.test(path),
    });
    assert.match(await start(pack), /^\d+\n$/);
  }).timeout(60_000);

  it("P33: what the pack says it depends on is what is tested here", () => {
    const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
    const { dependencies, devDependencies } = read("package.json");
    const asked: Record<string, string> = read("policy/package.json").dependencies;
    const installed: Record<string, string> = { ...dependencies, ...devDependencies };
    for (const [name, version] of Object.entries(asked)) assert.equal(version, installed[name], name);
    const sources = importsBelow(join(root, "policy"));
    assert.deepEqual(
      sources.filter((name) => !name.startsWith("node:") && asked[name] === undefined),
      [],
    );
  });
});

/** Packages that the TypeScript files of a folder import. */
function importsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(/from "([^."][^"]*)"/g)])
    .map(([, name = ""]) => name);
}
