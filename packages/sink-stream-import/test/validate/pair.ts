import type { StreamImportValidator } from "@chatferry/sink-stream-import"
import { array, type Content, type Entry, hall, lines, user } from "./files.ts"

/** A file that breaks a rule and next to nothing else, and its neighbour that does not. */
export interface Pair {
  readonly bad: Content | ReadonlyArray<Content>
  readonly good: Content | ReadonlyArray<Content>
  readonly settings?: StreamImportValidator.Settings
  readonly dialect?: "jsonl" | "json-array"
  /** Where the first finding points to. */
  readonly at?: string
  /** What a bad file breaks besides. */
  readonly besides?: ReadonlyArray<StreamImportValidator.Code>
}

export type Pairs = Partial<Record<StreamImportValidator.Code, ReadonlyArray<Pair>>>

/** A hall and what is in it, in either dialect. */
export const inLines = (...more: ReadonlyArray<Entry>) => lines(...hall(...more))
export const inArray = (...more: ReadonlyArray<Entry>) => array(...hall(...more))
export const withUsers = (...more: ReadonlyArray<Entry>) => lines(user("ada"), user("bob"), ...more)
export const AT = "2020-01-02T03:04:05.678+02:00"
