/** What time it is in all runs: eight weeks after generated exports begin. */
export const NOW = Date.UTC(2024, 3, 29)
