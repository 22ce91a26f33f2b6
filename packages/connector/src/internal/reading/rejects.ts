// The rejects that all formats of files have in common.
import { Consequence, Rejected } from "@chatferry/core"
import { type BatchBuilder } from "@chatferry/core/run"
import * as RawValue from "../../records/RawValue.ts"
import type { File } from "./model.ts"

const { make } = Consequence

const CORRECT = "Correct them in a copy of rejects.ndjson and run again with the option corrections."

/** The consequences of codes that reading any file can count. */
export const declared = {
  notAnObject: make("not_an_object", {
    effect: "lost",
    says: "records that are not an object",
    action: CORRECT
  }),
  notAList: make("not_a_list", {
    effect: "lost",
    says: "members of a file or a record that should be an array of records but are not",
    action: CORRECT
  }),
  invalidJson: make("invalid_json", {
    effect: "lost",
    says: "records that are not valid JSON or UTF-8, in files that otherwise are",
    action: CORRECT
  }),
  unrecognisedFile: make("unrecognised_file", {
    effect: "lost",
    says: "files that seem to belong to an export but contain no part of it",
    action: "Check whether they belong to the export; if they do not, leave them out of the inputs."
  }),
  ignoredEntry: make("ignored_entry", {
    effect: "information",
    says: "files that are not read, or that an operating system left behind"
  }),
  ignoredMember: make("ignored_member.{member}", {
    effect: "lost",
    says: "unknown members {member} of files, lists or events, with their content",
    action: "Check whether they contain records; this version does not know them."
  })
} as const

/** The code of an unknown member. */
export const ignoredMember = (name: string): string =>
  Consequence.codeOf(declared.ignoredMember, shownName(name))

/** A name from the input that is safe in codes and messages. */
export const shownName = (name: string): string => (/^[\w.:-]{1,64}$/u.test(name) ? name : "other")

/** The additional consequences of codes that reading CSV can count. */
export const declaredOfRows = {
  wrongCellCount: make("wrong_cell_count", {
    effect: "lost",
    says: "CSV rows with more or fewer cells than their header",
    action: CORRECT
  }),
  invalidCsv: make("invalid_csv", {
    effect: "lost",
    says: "CSV rows with a misplaced quote, or that are not valid UTF-8",
    action: CORRECT
  })
} as const

/** Rejects a file as a whole, with its name and size. */
export const rejectFile = (
  out: BatchBuilder.BatchBuilder,
  { name, location, size }: Pick<File, "name" | "location" | "size">,
  problem: string,
  more: object = {}
): void => {
  out.origin = { location: () => location, text: () => undefined }
  out.reject("unknown", declared.unrecognisedFile.code, problem, { file: name, bytes: size, ...more })
}

/** Consecutive values of a file. */
export interface Values {
  readonly values: ReadonlyArray<unknown>
  readonly failures: ReadonlyMap<number, Parameters<typeof Rejected.isTooLarge>[0] & string>
  readonly bytesOf: (i: number) => Uint8Array
  readonly offsetOf: (i: number) => number
  readonly endOf: (i: number) => number
}

export interface Mapping {
  readonly out: BatchBuilder.BatchBuilder
  readonly kind: Rejected.Rejected["kind"]
  /** The word for a value in messages. */
  readonly noun: "record" | "line"
  readonly maxElementBytes: number
}

/** Maps values one by one, and rejects those that are not objects. `origin.i` is the index of the current value. */
export const eachRecord = (
  part: Values,
  origin: BatchBuilder.Origin & { i: number },
  { kind, maxElementBytes, noun, out }: Mapping,
  map: (record: RawValue.RawObject) => void
): void => {
  const { values } = part
  out.origin = origin
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    origin.i = i
    if (RawValue.isObject(value)) map(value)
    else if (part.failures.has(i)) rejectFailed(part, i, { kind, maxElementBytes, noun, out })
    else {
      const problem = noun === "line" ? "a line must contain an object" : "a record must be an object"
      out.reject(kind, declared.notAnObject.code, problem, value)
    }
  }
}

// internal

const rejectFailed = (part: Values, i: number, { kind, maxElementBytes, noun, out }: Mapping): void => {
  const failure = part.failures.get(i)
  if (Rejected.isTooLarge(failure)) {
    out.rejectTooLarge(kind, { from: part.offsetOf(i), to: part.endOf(i) }, maxElementBytes)
  } else {
    out.rejectBytes(kind, declared.invalidJson.code, `the ${noun} is ${failure}`, part.bytesOf(i))
  }
}
