/** Loaded before the tests: where fast-check's property tests begin; a test's own seed goes before it. */
import fc from "fast-check";

const seed = Number(process.env.PROPERTY_SEED);
if (!Number.isSafeInteger(seed)) throw new Error("PROPERTY_SEED isn't a whole number; run the tests by npm test.");
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
