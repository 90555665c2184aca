import { causesOf } from "../setup/causes";
import { endWithParent } from "./endWithParent";
import { stopGroup } from "./leftovers";
import { descendants } from "./processTable";

/**
 * The frame of a command that starts processes. The exit code is 1 until the command says otherwise, so that an end
 * that nobody planned is a failure; the command ends with its parent (npm); what is still open or running when it is
 * done is named and ended.
 *
 * @param main gives the exit code; what it throws is printed with its causes
 * @param graceMs how long things may take to end by themselves when `main` is done. @default 5000
 */
export function runMain(main: () => Promise<number>, graceMs = 5_000): void {
  process.exitCode = 1;
  // As on Ctrl-C: handlers of the signal stop what they have started.
  endWithParent(() => process.kill(process.pid, "SIGTERM"));
  void main()
    .catch((error: unknown) => {
      console.error(causesOf(error));
      return 1;
    })
    .then((code) => {
      process.exitCode = code;
      setTimeout(() => void endRest(code), graceMs).unref();
    });
}

async function endRest(code: number): Promise<void> {
  const running = await descendants();
  for (const { pid, command } of running) {
    console.error(`Ended what still ran: ${command.slice(0, 200)} (${pid})`);
    stopProcess(pid);
  }
  const open = counted(process.getActiveResourcesInfo());
  if (running.length === 0) console.error(`Ended with what was still open: ${open}`);
  process.exit(code);
}

function stopProcess(pid: number): void {
  stopGroup(pid, "SIGKILL"); // nothing where it isn't the first of a group
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** `TCPSocketWrap 2×, Timeout` */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ${count}×` : name)).join(", ");
}
