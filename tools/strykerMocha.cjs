// Stryker's mocha runner looks up modules of mocha without their extension, which mocha 12 has changed to .cjs.
const Module = require("node:module");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const isOfMocha = /[\\/]mocha[\\/]lib[\\/]cli[\\/][a-z-]+$/.test(request);
  return resolve.call(this, isOfMocha ? `${request}.cjs` : request, ...rest);
};
