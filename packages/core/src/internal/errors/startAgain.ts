/** Ends a sentence about a run that cannot be resumed. `remove` says what; the runner knows the paths. */
export const startAgain = (remove = "the state folder and the unfinished output"): string =>
  `remove ${remove} to start again`
