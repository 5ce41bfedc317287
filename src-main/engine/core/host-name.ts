/**
 * Stands for a verified host name while DNS cannot tell it. Nobody is let in by it, and nobody is refused for good: a
 * client that the list may name is told to come again.
 */
export const undecidedHostName = '';
