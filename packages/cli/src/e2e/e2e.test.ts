import { describeCommands } from './commands.ts';
import { describeFailures } from './failures.ts';
import { describeInterrupts } from './interrupts.ts';
import { describeListening } from './listening.ts';
import { describeNarrate } from './narrate.ts';
import { describeSay } from './say.ts';
import { setUp } from './set-up.ts';
import { describeTerminal } from './terminal.ts';

// One file, so that all of it runs one after the other: a busy machine would change what is measured.
const e2e = setUp();
describeSay(e2e);
describeNarrate(e2e);
describeListening(e2e);
describeFailures(e2e);
describeInterrupts(e2e);
describeCommands(e2e);
describeTerminal(e2e);
