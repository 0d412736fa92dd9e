// Next to nothing: what Node itself takes to start.
process.exitCode = 0;
