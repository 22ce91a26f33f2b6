// The source under test and its variants, made from the author's options.
import type { Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import { type Files, folderOf, Zip, zipOf } from "../../../harness/SourceHarness.ts"
import type {
  Changed,
  Corrected,
  CorrectedFiles,
  Expected,
  Failing,
  Given,
  Limited,
  Limits,
  Options
} from "./options.ts"

/** What the rules use. Variants of the source are made when a rule needs them. */
export interface Subject<R, R2> {
  readonly source: Source.Source<R>
  /** The same source with the smallest possible batches, if it takes limits. */
  readonly small: Source.Source<R>
  readonly changed: Effect.Effect<ReadonlyArray<Changed<R>>, unknown, R2>
  readonly moved: Effect.Effect<Source.Source<R> | undefined, unknown, R2>
  /** Its batches are small, too. */
  readonly replaced: Effect.Effect<Source.Source<R> | undefined, unknown, R2>
  readonly failing: ReadonlyArray<Failing<R>>
  readonly expected: Expected | undefined
  readonly corrected: Effect.Effect<Corrected<R> | undefined, unknown, R2>
  readonly kept: ReadonlyArray<string>
  readonly secrets: ReadonlyArray<string>
  readonly content: ReadonlyArray<string>
  readonly files: Files | undefined
}

export type Disk = FileSystem.FileSystem | Path.Path | Scope.Scope

/** The author's options for a source of files, or for any other source. */
export interface AnyOptions<R> extends Omit<Options<R, string, unknown, Disk>, "corrected"> {
  readonly files?: Files | undefined
  readonly corrected?: CorrectedFiles | Given<string, Corrected<R>>
}

export const subjectOf = Effect.fnUntraced(function* <R>(
  options: AnyOptions<R>
): Effect.fn.Return<Subject<R, Disk>, unknown, Disk> {
  const { files } = options
  const fixture = yield* files === undefined ? (options.fixture ?? Effect.succeed("")) : folderOf(files)
  const of = <A>(given: Given<string, A> | undefined): A | undefined => madeOf(given, fixture)
  const make = (folder: string) => limitedOf(options.source, folder, {})
  const makeSmall = (folder: string) => limitedOf(options.source, folder, SMALL)
  const [kept, content] = [of(options.kept) ?? [], of(options.content) ?? []]
  const others = files && replaced(files, [...kept, ...content])
  const replacedSource = others && Effect.map(folderOf(others), makeSmall)
  return {
    source: make(fixture),
    small: makeSmall(fixture),
    changed: Effect.gen(function* () {
      const given = of(options.changed) ?? []
      if (replacedSource === undefined) return given
      return [...given, { what: "the content of the files", source: yield* replacedSource }]
    }),
    moved:
      options.moved !== undefined || files === undefined
        ? Effect.succeed(of(options.moved))
        : Effect.map(elsewhere(files), make),
    replaced:
      options.replaced === undefined && replacedSource
        ? replacedSource
        : Effect.succeed(options.replaced && limitedOf(options.replaced, fixture, SMALL)),
    failing: of(options.failing) ?? [],
    expected: of(options.expected),
    corrected: Effect.suspend(() => {
      const given = of<CorrectedFiles | Corrected<R>>(options.corrected)
      if (given === undefined || "source" in given) return Effect.succeed(given)
      return Effect.map(folderOf({ ...files, ...given.files }), (folder) => ({
        source: make(folder),
        originalOf: given.originalOf
      }))
    }),
    kept,
    content,
    secrets: of(options.secrets) ?? [],
    files
  }
})

// internal

const SMALL: Limits = { batchRecords: 1 }

const limitedOf = <R>(given: Limited<string, R>, fixture: string, limits: Limits): Source.Source<R> =>
  typeof given === "function" ? given(fixture, limits) : given

const madeOf = <A>(given: Given<string, A>, fixture: string): A =>
  typeof given === "function" ? (given as (fixture: string) => A)(fixture) : given

/** The same files in another location, written at another time. */
const elsewhere = Effect.fnUntraced(function* (
  files: Files
): Effect.fn.Return<string, PlatformError.PlatformError, Disk> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const folder = yield* folderOf(files)
  for (const name of Object.keys(files)) yield* fs.utimes(path.join(folder, name), LONG_AGO, LONG_AGO)
  return folder
})

/** Files of the same size in which each of the texts is changed; `undefined` if they contain none of them. */
const replaced = (files: Files, texts: ReadonlyArray<string>): Files | undefined => {
  let isChanged = false
  const edit = (text: string) => {
    const other = texts.reduce((now, piece) => now.replaceAll(piece, altered(piece)), text)
    isChanged ||= other !== text
    return other
  }
  const all = (of: Files): Files =>
    Object.fromEntries(Object.entries(of).map(([name, content]) => [name, one(content)]))
  const one = (content: Files[string]): Files[string] => {
    if (typeof content === "string") return edit(content)
    if (content instanceof Zip) return zipOf(all(content.files))
    if (!(content instanceof Uint8Array)) return edit(JSON.stringify(content))
    const text = Buffer.from(content).toString("latin1")
    return Buffer.from(edit(text), "latin1")
  }
  const result = all(files)
  return isChanged ? result : undefined
}

const LONG_AGO = 1_000_000_000

/** The same length and form: letters stay letters, digits stay digits, and no number begins with a zero. */
const altered = (text: string): string => {
  const at = Math.max(0, text.search(/[a-z0-9]/iu))
  const letter = text.charAt(at)
  const other = /\d/u.test(letter)
    ? String((Number(letter) % 8) + 1)
    : letter.toLowerCase() === "q"
      ? "x"
      : "q"
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`
}
