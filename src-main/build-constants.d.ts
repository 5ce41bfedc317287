/** Replaced by the bundler with package.json's version, so that no host has to read a file to know it. */
declare const __VERSION__: string;
