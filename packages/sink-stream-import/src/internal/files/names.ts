// Names of the files that the sink writes.
import type { Settings } from "../format/settings.ts"

export const ID_MAP = "id-map.ndjson"

/** Values that were moved out of records. */
export const MOVED = "oversize-custom.ndjson"

/** The names of the files: the import, the first of several, the id map, and the side file, if there is one. */
export const fileNames = (settings: Settings): ReadonlyArray<string> => [
  singleName(settings),
  numberedName(settings, 1),
  ID_MAP,
  MOVED
]

/** The name of a single import file. */
export const singleName = ({ dialect }: Pick<Settings, "dialect">): string => `import.${EXTENSIONS[dialect]}`

/** The name of one of several import files; `number` counts from 1. */
export const numberedName = ({ dialect }: Pick<Settings, "dialect">, number: number): string =>
  `import-${String(number).padStart(4, "0")}.${EXTENSIONS[dialect]}`

/** The names of import files in the order of their numbers. */
export const inOrder = (names: ReadonlyArray<string>): ReadonlyArray<string> => {
  const numberOf = (name: string) => Number(/\d+/u.exec(name)?.[0] ?? 0)
  return names.toSorted((a, b) => numberOf(a) - numberOf(b))
}

// internal

const EXTENSIONS = { jsonl: "jsonl", "json-array": "json" } as const
