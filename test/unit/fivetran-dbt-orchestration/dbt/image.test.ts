import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(__dirname, "..", "..", "..", "..", "functions", "fivetran-dbt-orchestration", "dbt");
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

describe("dbt's image", () => {
  const dockerfile = read("Dockerfile").replaceAll(/\\\n/g, " ");

  it("O18: base and packages are pinned by what they are", () => {
    const bases = [...dockerfile.matchAll(/^FROM (.*)$/gm)].map(([, base = ""]) => base);
    assert.equal(bases.length, 1);
    for (const base of bases) assert.match(base, /^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
    const installs = [...dockerfile.matchAll(/pip install (.*)$/gm)].map(([, args = ""]) => args);
    assert.equal(installs.length, 1);
    assert.match(installs[0] ?? "", /--require-hashes -r \/app\/requirements\.hashes\.txt$/);
  });

  it("O18: every package of requirements.txt has hashes, in the same version, and there is no other", () => {
    const named = (line: string): string => line.toLowerCase().replace(/[-_.]+(?=.*==)/g, "-");
    const wanted = read("requirements.txt")
      .split("\n")
      .filter((line) => /^\w/.test(line));
    const entries = read("requirements.hashes.txt")
      .replaceAll(/\\\n/g, " ")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    const found = entries.map((entry) => entry.split(" ")[0] ?? "");
    assert.deepEqual(found.map(named).sort(), wanted.map(named).sort());
    for (const entry of entries) assert.match(entry, /^\S+==\S+(?:\s+--hash=sha256:[0-9a-f]{64})+$/);
  });

  it("O18: git is there for packages that are named by git, and isn't in the image", () => {
    const deps = dockerfile.split("\n").find((line) => line.includes("dbt deps")) ?? "";
    assert.match(deps, /^RUN .*install --yes --no-install-recommends git .*dbt deps.* apt-get purge .*git/);
    const after = dockerfile.slice(dockerfile.indexOf("dbt deps"));
    assert.match(after, /^USER dbt$/m, "nothing runs as root at the end");
  });
});
