/** Ends a sentence about a run that cannot be resumed. `remove` is what to remove; only the runner knows the paths. */
export const startAgain = (remove = "the state folder and the unfinished output"): string =>
  `remove ${remove} to start again`
