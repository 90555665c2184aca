import { fstatSync } from "node:fs";

/**
 * Ends this process when the one that started it is gone: a killed parent can't stop its children. The parent is gone
 * when this process has another one, or when a pipe to its standard input, as the engine gives its plugins, has ended.
 *
 * @param end what ends it. @default exit code 1, at once
 */
export function endWithParent(end: () => void = () => process.exit(1)): void {
  // A launcher notes its parent before Node.js starts, so that a parent that is gone by now is noticed, too.
  const parent = Number(process.env.LOCAL_PARENT_PID ?? process.ppid);
  let isOver = false;
  const over = () => {
    if (isOver) return;
    isOver = true;
    clearInterval(look);
    end();
  };
  const look = setInterval(() => {
    if (process.ppid !== parent) over();
  }, 500);
  look.unref();
  if (process.ppid !== parent) over();
  else if (isPipe(0)) {
    process.stdin.on("end", over).on("close", over).on("error", over).resume();
    if ("unref" in process.stdin) process.stdin.unref();
  }
}

function isPipe(descriptor: number): boolean {
  const kind = fstatSync(descriptor);
  return kind.isFIFO() || kind.isSocket();
}
