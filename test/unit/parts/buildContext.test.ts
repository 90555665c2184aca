import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildContext } from "../../../components/parts/buildContext";
import { ignoring } from "../../../components/parts/ignoring";

describe("the part buildContext", () => {
  let root: string;
  const put = (path: string, text: string): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "context-"));
    put("own/Dockerfile", "FROM scratch");
    put("project/a.sql", "select 1");
    put("project/target/old.sql", "select 0");
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const build = (leaveOut: readonly string[] = ["target"]) =>
    buildContext("test", [
      { from: join(root, "own/Dockerfile"), to: "Dockerfile" },
      { from: join(root, "project"), to: "project", leaveOut },
    ]);

  it("O18: the folder has the files in their places, and the hash is that of names and content", () => {
    const first = build();
    const files = readdirSync(first.folder, { recursive: true, encoding: "utf8" }).sort();
    assert.deepEqual(files, ["Dockerfile", "project", "project/a.sql"]);
    assert.equal(readFileSync(join(first.folder, "project/a.sql"), "utf8"), "select 1");
    put("project/target/old.sql", "select 2");
    assert.deepEqual(build(), first);
    put("project/a.sql", "select 3");
    const changed = build();
    assert.notEqual(changed.hash, first.hash);
    rmSync(changed.folder, { recursive: true });
    rmSync(first.folder, { recursive: true });
  });

  it("O18: what a root has to leave out stays in below it; the project's own .dockerignore has the last word", () => {
    put("project/models/target/x.sql", "select 1");
    put("project/models/secret.pem", "key");
    put("project/ca.pem", "not secret");
    put("project/.dockerignore", "# ours\n/models/*.md\n!ca.pem\n\n**/draft\n");
    put("project/models/a.md", "text");
    put("project/models/more/a.md", "text");
    put("project/models/more/draft/x.sql", "select 1");
    const { files, folder } = build(["target", "**/*.pem"]);
    assert.deepEqual(files, [
      "Dockerfile",
      "project/.dockerignore",
      "project/a.sql",
      "project/ca.pem",
      "project/models/more/a.md",
      "project/models/target/x.sql",
    ]);
    const copied = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.equal(copied.length, files.length);
    rmSync(folder, { recursive: true });
  });

  it("O18: linked folders are copied; one that leads back, and one that leads nowhere, is named", () => {
    put("elsewhere/macro.sql", "select 1");
    symlinkSync(join(root, "elsewhere"), join(root, "project/macros"));
    const { files, folder } = build();
    assert.ok(files.includes("project/macros/macro.sql"));
    assert.ok(!lstatSync(join(folder, "project/macros/macro.sql")).isSymbolicLink());
    rmSync(folder, { recursive: true });
    symlinkSync(join(root, "project"), join(root, "project/again"));
    assert.throws(build, /project\/again is a link back to .*project, which it is in/);
    rmSync(join(root, "project/again"));
    symlinkSync(join(root, "gone"), join(root, "project/broken"));
    assert.throws(build, /project\/broken is a link that leads nowhere/);
  });

  it("O18: what another program has made meanwhile is taken as it is", () => {
    const { folder } = build();
    // One that was interrupted leaves this.
    mkdirSync(`${folder}.${process.pid}`, { recursive: true });
    writeFileSync(join(`${folder}.${process.pid}`, "half"), "");
    rmSync(folder, { recursive: true });
    const again = build();
    assert.deepEqual(readdirSync(again.folder).sort(), ["Dockerfile", "project"]);
    assert.ok(!existsSync(`${folder}.${process.pid}`));
    rmSync(folder, { recursive: true });
  });
});

describe("patterns of a .dockerignore", () => {
  const cases: readonly (readonly [patterns: string, path: string, left: boolean])[] = [
    ["target", "target/a", true],
    ["target", "models/target/a", false],
    ["/target/", "target/a", true],
    ["**/target", "target/a", true],
    ["**/target", "models/deep/target/a", true],
    ["**/target", "models/mytarget/a", false],
    ["target/**", "target/a/b", true],
    ["**", "a/b", true],
    ["*", "a/b", true],
    ["*.sql", "a.sql", true],
    ["*.sql", "models/a.sql", false],
    ["*/*.sql", "models/a.sql", true],
    ["**/*.sql", "a.sql", true],
    ["**.sql", "models/a.sql", false],
    ["**sql", "models/sql", true],
    ["a?c", "abc", true],
    ["a?c", "a/c", false],
    ["a[b-d]e", "ace", true],
    ["a[^b-d]e", "ace", false],
    ["a\\*", "a*", true],
    ["a\\*", "ab", false],
    ["a.b", "axb", false],
    ["a(b)+$", "a(b)+$", true],
    ["./a/../b", "b/c", true],
    ["../a", "a", false],
    ["# a\na b", "a b", true],
    [" a ", "a", true],
    ["*\n!a", "a", false],
    ["*\n!a\na", "a", true],
    ["a\n!a/b", "a/b/c", false],
    ["a\n!a/b", "a/c", true],
    ["!a", "a", false],
  ];
  for (const [patterns, path, left] of cases) {
    it(`O18: ${JSON.stringify(patterns)} ${left ? "leaves out" : "keeps"} ${path}`, () => {
      assert.equal(ignoring(patterns.split("\n"))(path), left);
    });
  }

  it("O18: a bracket that isn't closed is named", () => {
    assert.throws(() => ignoring(["a[b"]), /"a\[b" has a \[ without its \]/);
  });
});
