/** Ends a sentence about a run that cannot be resumed. `remove` is what to remove; only the runner knows the paths. */
export const startAgain = (remove = ALL): string => `remove ${remove} to start again`

/** The same as a sentence of its own. */
export const startAgainSentence = (remove = ALL): string => `To start again, remove ${remove}.`

// internal

const ALL = "the state folder and the unfinished output"
