/** `conf`, without the signal listeners that it brings (conf → atomically → when-exit). */
// Before conf: what listens to signals by now stays.
import { dropForeignListeners } from './signals.js';
import Conf from 'conf';

dropForeignListeners();

export { Conf };
