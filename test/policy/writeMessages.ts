/** `npm run policy:messages`: writes what the rules say of the corpus anew; the difference is for the reviewer to read. */
import { writeFileSync } from "node:fs";
import { agreedMessages, messagesOfCorpus } from "./messages";

const changed = messagesOfCorpus().filter((each) => agreedMessages(each) !== each.said);
for (const { path, said } of changed) writeFileSync(path, said);
console.log(`${changed.length} file(s) changed: ${changed.map(({ row }) => row).join(", ")}`);
