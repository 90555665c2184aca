import { spawn } from "node:child_process";
import { join } from "node:path";

const host = join(__dirname, "../../../node_modules/@pulumi/pulumi/cmd/run-policy-pack");

/** Starts a pack as Pulumi's language host does, and gives the port that it serves on, or what it said instead. */
export function start(folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [host, "127.0.0.1:1", join(folder, "start.js")], { cwd: folder });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (/^\d+\n/m.test(said)) child.kill();
    });
    child.on("error", reject);
    child.on("exit", () => resolve(said));
  });
}
