/** The time of all runs: eight weeks after the start of generated exports. */
export const NOW = Date.UTC(2024, 3, 29)
