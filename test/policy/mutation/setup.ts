/** Mutants run one after the other in one process: without this, answers of one would reach the tests of the next. */
import { forgetAll } from "../../../policy/model/memo";

beforeEach(forgetAll);
