import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeBundle } from "../../../../components/parts/bundle";
import { environment as list } from "../../../../functions/fivetran-dbt-orchestration/list-connections/environment";
import { environment as sync } from "../../../../functions/fivetran-dbt-orchestration/sync-connection/environment";
import { environment as webhook } from "../../../../functions/fivetran-dbt-orchestration/webhook/environment";
import type { EnvironmentSpec } from "../../../../functions/shared/environment";

const FUNCTIONS: Readonly<Record<string, EnvironmentSpec>> = {
  "list-connections": list,
  "sync-connection": sync,
  webhook,
};

describe("Orchestration functions: bundles", () => {
  it("O1: every bundle has at most 800 KB, and loads with the environment that it declares and nothing more", () => {
    const folder = mkdtempSync(join(tmpdir(), "orchestration-"));
    try {
      for (const [name, spec] of Object.entries(FUNCTIONS)) {
        const { code } = makeBundle(`fivetran-dbt-orchestration/${name}`);
        assert.ok(Buffer.byteLength(code) <= 800_000, `${name}: ${Buffer.byteLength(code)} bytes`);
        writeFileSync(join(folder, `${name}.mjs`), code);
        const env = Object.fromEntries(Object.keys(spec).map((variable) => [variable, "value"]));
        const script = `const { handler } = await import("./${name}.mjs"); console.log(typeof handler);`;
        const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
          cwd: folder,
          env: { PATH: process.env.PATH, NODE_NO_WARNINGS: "1", AWS_REGION: "eu-west-1", ...env },
          encoding: "utf8",
        });
        assert.equal(output.trim(), "function", name);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
