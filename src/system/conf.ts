/** `conf`, without the signal listeners that it installs (conf → atomically → when-exit). */
// This import has to precede conf: it records the signal listeners that are to be kept.
import { dropForeignListeners } from './signals.js';
import Conf from 'conf';

dropForeignListeners();

export { Conf };
