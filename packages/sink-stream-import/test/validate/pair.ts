import type { StreamImportValidator } from "@chatferry/sink-stream-import"
import { array, type Content, type Entry, hall, lines, user } from "./files.ts"

/** A file that breaks a rule and hardly any other, and a similar file that does not. */
export interface Pair {
  readonly bad: Content | ReadonlyArray<Content>
  readonly good: Content | ReadonlyArray<Content>
  readonly settings?: StreamImportValidator.Settings
  readonly dialect?: "jsonl" | "json-array"
  /** The pointer of the first finding. */
  readonly at?: string
  /** Other rules that the bad file breaks. */
  readonly besides?: ReadonlyArray<StreamImportValidator.Code>
}

export type Pairs = Partial<Record<StreamImportValidator.Code, ReadonlyArray<Pair>>>

/** A channel and its items, in either dialect. */
export const inLines = (...more: ReadonlyArray<Entry>) => lines(...hall(...more))
export const inArray = (...more: ReadonlyArray<Entry>) => array(...hall(...more))
export const withUsers = (...more: ReadonlyArray<Entry>) => lines(user("ada"), user("bob"), ...more)
export const AT = "2020-01-02T03:04:05.678+02:00"
