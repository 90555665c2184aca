import { runCommand } from "../shared/commandLine";
import { HELP, parseOptions } from "./options";
import { runCi } from "./run";

runCommand("npm run ci --", async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(HELP);
    return 0;
  }
  const print = (text: string) => console.log(text.trimEnd());
  return runCi(options, { environment: process.env, print, fetch, project: process.cwd() });
});
