// Where Pulumi starts the pack. Pulumi's own compiler would check every file's types at each start; tsx only strips them.
require("tsx/cjs");
require("./index.ts");
