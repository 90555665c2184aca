import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commands, dispatch, help } from "../../../cli";

const root = join(__dirname, "..", "..", "..");

async function run(...args: string[]) {
  const printed: string[] = [];
  const complained: string[] = [];
  const code = await dispatch(
    args,
    (text) => printed.push(text),
    (text) => complained.push(text),
  );
  return { code, printed: printed.join("\n"), complained: complained.join("\n") };
}

/** Of a file, or of all sources and pages of a folder. */
function textsIn(path: string): string[] {
  const files = /\.\w+$/.test(path)
    ? [path]
    : readdirSync(path, { recursive: true, encoding: "utf8" }).map((name) => join(path, name));
  return files.filter((file) => /\.(ts|md)$/.test(file)).map((file) => readFileSync(file, "utf8"));
}

describe("the package's command", () => {
  it("I21: every command is told with what it does; no command, or one that isn't there, ends with 2", async () => {
    assert.deepEqual(await run("--help"), { code: 0, printed: help(), complained: "" });
    assert.deepEqual(await run(), { code: 2, printed: help(), complained: "" });
    for (const name of Object.keys(commands)) assert.ok(help().includes(`  ${name} `), name);
    const wrong = await run("toString");
    assert.equal(wrong.code, 2);
    assert.match(wrong.complained, /There is no command "toString"[\s\S]*replay/);
  });

  it("I21: each has a folder of its own with the module that runs it, which tells its options", async () => {
    const folders = readdirSync(join(root, "cli"), { withFileTypes: true }).filter((each) => each.isDirectory());
    for (const [name, { load }] of Object.entries(commands)) {
      assert.ok(
        folders.some((folder) => folder.name === name),
        name,
      );
      assert.equal(typeof (await load()).run, "function");
    }
  });

  it("I21: every command that an output, an alarm, an error or a page names is there", () => {
    const named = ["components", "functions", "docs", "README.md"].flatMap((place) =>
      textsIn(join(root, place)).flatMap((text) =>
        [
          ...text.matchAll(/npx pulumi-data-pipelines ([a-z][a-z-]+)/g),
          ...text.matchAll(/(?<![\w-])(delta-[a-z]+)\b(?= --|`)/g),
        ].map(([, name = ""]) => name),
      ),
    );
    assert.ok(named.includes("replay") && named.includes("register-webhook"), named.join());
    assert.deepEqual([...new Set(named)].filter((name) => !Object.hasOwn(commands, name)).sort(), []);
  });

  it("I21: a mistake in the arguments says how the user can ask for help, and ends with 2", async () => {
    const { code, output } = await new Promise<{ code: number; output: string }>((resolve) => {
      execFile(process.execPath, ["--import", "tsx", "cli/index.ts", "replay"], { cwd: root }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), output: out + err }),
      );
    });
    assert.equal(code, 2);
    assert.match(output, /--source is missing[\s\S]*See npx pulumi-data-pipelines replay --help/);
  });
});
