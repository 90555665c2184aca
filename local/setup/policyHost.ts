/**
 * Serves a policy pack to the engine, as `pulumi-analyzer-policy-nodejs`. Started through tsx, which compiles the pack;
 * Pulumi's own host would register its ts-node of 2018 over it, which type-checks at every start and doesn't know the
 * TypeScript of this repository. So ts-node is already there when it asks, and does nothing.
 */
import Module, { createRequire } from "node:module";
import { endWithParent } from "../processes/endWithParent";

endWithParent();

const hostRequire = createRequire(require.resolve("@pulumi/pulumi/package.json"));

for (const name of ["ts-node", "./vendor/ts-node@7.0.1"]) {
  const file = resolved(name);
  if (file) {
    const nothing = { register: () => undefined, VERSION: "replaced by tsx" };
    require.cache[file] = Object.assign(new Module(file), { exports: nothing, loaded: true });
  }
}

hostRequire("./cmd/run-policy-pack");

function resolved(name: string): string | undefined {
  try {
    return hostRequire.resolve(name);
  } catch {
    return undefined; // not installed: then nobody can ask for it either
  }
}
