import type { Row } from "../../functions/connector-kit/core";
import { serve } from "../ingestion/contender";
import { pageTexts } from "./pages";
import { throughKit, throughPlainHandler } from "./ways";

const texts = pageTexts();
const ways = { kit: throughKit, file: (source: Source) => throughKit(source, true), plain: throughPlainHandler };
type Source = () => AsyncIterable<readonly Row[]>;

/** As a client of an HTTP API gets them: text that is parsed page by page. */
async function* pages(): AsyncIterable<readonly Row[]> {
  for (const text of texts) yield JSON.parse(text) as Row[];
}

const way = ways[process.argv[2] as keyof typeof ways];
serve(() => way(pages));
