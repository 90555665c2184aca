/** Ends this process when the one that started it is gone: a killed engine can't stop its plugins. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1000).unref();
}
