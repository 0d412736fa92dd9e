#!/usr/bin/env node
import { main } from '../dist/src/cli.js';

// A reader that went away is an event, and kills a process that does not listen. Messages are written by what looks for it;
// help and log lines that nobody reads are no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
process.exitCode = await main(process.argv.slice(2));
