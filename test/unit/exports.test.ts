import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { componentFolders } from "../../tools/build";

const root = join(__dirname, "..", "..");
const componentsFolder = join(root, "components");

/** What the users of the package need by name: components, and the types of their arguments and outputs. */
function publicNames(): string[] {
  return readdirSync(componentsFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => {
      const text = readFileSync(join(componentsFolder, file), "utf8");
      const components = [...text.matchAll(/^export class (\w+) extends pulumi\.ComponentResource/gm)];
      // Arguments of the parts that only components put together are nobody's business.
      const ofUsers = components.length > 0 || /(^|\/)args\.ts$/.test(file);
      const args = ofUsers ? [...text.matchAll(/^export (?:interface|type) (\w+)/gm)] : [];
      return [...components, ...args].map(([, name = ""]) => name);
    });
}

describe("the package", () => {
  it("S4: index.ts exports every component with the types of its arguments", () => {
    const names = publicNames();
    for (const component of ["S3ToDynamoDb", "SnowflakeLanding", "BucketNotifications"]) {
      assert.ok(names.includes(component), component);
    }
    const index = readFileSync(join(root, "index.ts"), "utf8");
    const folders = componentFolders();
    for (const folder of folders) assert.ok(index.includes(`export * from "./components/${folder}";`), folder);
    const indexes = folders.map((folder) => readFileSync(join(componentsFolder, folder, "index.ts"), "utf8"));
    const exported = new Set(indexes.join("\n").match(/\b[A-Za-z]\w*\b/g));
    assert.deepEqual(
      names.filter((name) => !exported.has(name)),
      [],
    );
  });

  it("W9: what the Snowflake provider must be told is exported", async () => {
    const { requiredPreviewFeatures } = await import("../../index.js");
    assert.ok(requiredPreviewFeatures.includes("snowflake_pipe_resource"));
  });
});
