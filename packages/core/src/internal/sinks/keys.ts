// The keys of a sink's pieces and rows in commits, and the paths of their files.
import type * as Path from "effect/Path"
import { partName } from "../../files/Publication.ts"
import type { Member, Phase } from "../../run/Phase.ts"
import * as Plan from "../../run/Plan.ts"
import { BLOCK_BYTES } from "./blocks.ts"

type Division = Pick<Member<unknown>, "directory" | "phases">

/** The writer of one part of a phase. */
export interface Part {
  readonly phase: string
  readonly part: number
}

/** The id of its task. */
export const partId = ({ part, phase }: Part): string => Plan.idOf({ phase, bucket: part })

/** The phase of a part, from the part's id. */
export const phaseOf = (id: string): string => id.slice(0, id.lastIndexOf("/"))

/** A piece that a writer makes. */
export const pieceKey = (of: Part, name: string): string => `${partId(of)}/${name}`

/** Rows for a part of a later phase, from one writer or from reading. */
export const rowsKey = (to: Part, from: string): string => `${TO}/${partId(to)}/${from}`

/** The part that a key belongs to, and the name of the piece or of the task that sends the rows. */
export const parse = (
  key: string
): { readonly isRows: boolean; readonly of: string; readonly name: string } => {
  const isRows = key.startsWith(`${TO}/`)
  const [phase = "", part = "", ...rest] = (isRows ? key.slice(TO.length + 1) : key).split("/")
  return { isRows, of: `${phase}/${part}`, name: rest.join("/") }
}

/** True if all entities of a run go through one writer of the phase. */
export const isWhole = ({ parts }: Pick<Phase, "parts">): boolean => parts === "segment" || parts === 1

export const partsOf = ({ parts }: Pick<Phase, "parts">): number => (parts === "segment" ? 1 : parts)

/** The writer's own folder in the sink's state. */
export const folderOf = (phase: Pick<Phase, "name" | "parts">, part: number): string =>
  isWhole(phase) ? phase.name : `${phase.name}-${part}`

/** The task that makes the piece or rows of a key. */
export const makerOf = (key: string): string => {
  const { isRows, name, of } = parse(key)
  return isRows ? name : of
}

/** The phase that makes each piece. */
export const makersOf = (keys: Iterable<string>): Map<string, string> => {
  const makers = new Map<string, string>()
  for (const key of keys) {
    const { isRows, name, of } = parse(key)
    if (!isRows) makers.set(name, phaseOf(of))
  }
  return makers
}

/** Folders in the sink's state that hold only the runner's files. */
export const PIECES = "pieces"
export const ROWS = "rows"

/** The prefix of the keys of rows. */
const TO = "to"

/** Names that no phase may have. */
export const RESERVED: ReadonlySet<string> = new Set([PIECES, ROWS, TO])

/**
 * The path of a file. A piece of a single writer grows in the output folder under a
 * temporary name. Pieces that are joined later, and pieces of a sink without an output
 * folder, are in the state folder.
 */
export const pathOf =
  (path: Path.Path, state: string, { directory, phases }: Division) =>
  (key: string): string => {
    const { isRows, name, of } = parse(key)
    if (isRows) return path.join(state, ROWS, `${encoded(of)}.${encoded(name)}.ndjson`)
    return directory !== undefined && isStaged({ directory, phases }, key)
      ? path.join(directory, partName(name))
      : path.join(state, PIECES, `${encoded(of)}.${name}`)
  }

/** True if a file grows in the folder where it will be published. */
export const isStaged = ({ directory, phases }: Division, key: string): boolean => {
  const { isRows, of } = parse(key)
  const phase = phases.find((one) => of.startsWith(`${one.name}/`))
  return !isRows && directory !== undefined && phase !== undefined && isWhole(phase)
}

/** How much of a file is buffered in memory: about a megabyte, and at most 64 megabytes for all rows together. */
export const blockBytesOf = ({ phases }: Pick<Member<unknown>, "phases">): ((key: string) => number) => {
  const parts = phases.reduce((sum, phase) => sum + partsOf(phase), 0)
  const ofRows = Math.min(BLOCK_BYTES, Math.floor(ROWS_BYTES / parts))
  return (key) => (parse(key).isRows ? ofRows : BLOCK_BYTES)
}

/** False for names that could lead out of the folder, or that a file cannot have. */
export const isFileName = (name: string): boolean =>
  name !== "" && name !== "." && name !== ".." && !/[/\\\0]/u.test(name)

/** The problem with a name, in a sentence about the sink. */
export const notAFileName = (what: string, name: string): string =>
  `gives ${what} the name ${JSON.stringify(name)}: it must be that of a file, without folders`

// internal

/** Encodes the id of a task for the name of a file: other dots are escaped, so two ids never give one name. */
const encoded = (id: string): string => id.replaceAll("%", "%25").replaceAll(".", "%2E").replace("/", ".")

const ROWS_BYTES = 64 << 20
