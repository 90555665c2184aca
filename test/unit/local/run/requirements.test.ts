import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestOf } from "../../../../local/setup/pythonEnvironment";

describe("the requirements of the local cloud", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "requirements-"));
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  after(() => rmSync(folder, { recursive: true }));

  it("O11: an environment is made anew when a file that its own includes has changed", async () => {
    const own = file("own.txt", "# why\n-r shared.txt\n--requirement=more.txt\n");
    file("more.txt", "b==1\n");
    file("shared.txt", "a==1\n");
    const before = await digestOf(own);
    assert.equal(await digestOf(own), before);
    file("shared.txt", "a==2\n");
    const changed = await digestOf(own);
    file("more.txt", "b==2\n");
    assert.equal(new Set([before, changed, await digestOf(own)]).size, 3);
  });

  it("O11: an included file that isn't there, or includes itself, is told", async () => {
    await assert.rejects(digestOf(file("lost.txt", "-r nowhere.txt\n")), /nowhere\.txt/);
    await assert.rejects(digestOf(file("round.txt", "-r round.txt\n")), /round\.txt includes itself/);
  });

  it("O11: a task's container runs locally on what its image has", async () => {
    const root = join(__dirname, "..", "..", "..", "..");
    const local = await readFile(join(root, "local", "requirements", "dbt.txt"), "utf8");
    const lines = local.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    assert.deepEqual(lines, ["-r ../../functions/fivetran-dbt-orchestration/dbt/requirements.txt"]);
  });
});
