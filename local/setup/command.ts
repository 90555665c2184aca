import { spawn } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** A line of progress for whoever started the run. */
export type Log = (line: string) => void;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a command to its end and gives what it wrote to its standard output.
 *
 * @throws Error with the command, its exit code and the end of what it said, when it fails or can't be started.
 */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe"] });
    const output: string[] = [];
    const said: string[] = [];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output.push(text);
      said.push(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
    child.on("error", (error) => reject(new Error(`${command} can't be started: ${error.message}`, { cause: error })));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output.join(""));
      else {
        const end = said.join("").trim().slice(-2000);
        reject(new Error(`${command} ${args.join(" ")} ended with ${signal ?? `code ${code}`}:\n${end}`));
      }
    });
  });
}

/** The full path of a program on the PATH, or undefined. */
export async function findOnPath(name: string, path = process.env.PATH ?? ""): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const file = join(folder, name);
    const runnable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runnable) return file;
  }
  return undefined;
}
