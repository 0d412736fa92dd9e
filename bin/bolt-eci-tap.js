#!/usr/bin/env node
import { main } from '../dist/src/cli.js';

// A log that nobody reads any more is no reason to end: in `2>&1 | tee log`, Ctrl-C ends tee first.
process.stderr.on('error', () => {});
process.exitCode = await main(process.argv.slice(2));
