// Makes sources from the options of reading files.
import { type Consequence, type Entity, Source, SourceError } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import type * as Schema from "effect/Schema"
import type * as Archives from "../../files/Archives.ts"
import * as ArchiveSource from "../../files/ArchiveSource.ts"
import { isGzip, sizeIn } from "../../files/Gzip.ts"
import { rejected } from "./again.ts"
import { END } from "./content.ts"
import { verdictOf } from "./examine.ts"
import { type Base, type Options, type Reading, readingOf } from "./model.ts"
import { read } from "./read.ts"
import { declared } from "./rejects.ts"
import { retrace } from "./resume.ts"

type Services = FileSystem.FileSystem | Path.Path

export interface SourceOptions<C extends Base, F extends string, Side = undefined>
  extends Options<C, F, Side>, Pick<ArchiveSource.Options, "name" | "inputs" | "fingerprint" | "isOwn"> {
  readonly kinds: Iterable<Entity.Kind>
  /** The consequences of its codes for rejects and notes, besides those of reading. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** The name of the format with its article: `a Pigeon export`. */
  readonly expected: string
  /** Recognises files of the export by at most their first 64 KiB. By default `recognise` does. */
  readonly judge?: ArchiveSource.Format["judge"]
  /** Maps a rejected record again. By default the formats do. */
  readonly rejected?: ArchiveSource.Options["rejected"]
}

export const make = <C extends Base, F extends string, Side = undefined>(
  options: SourceOptions<C, F, Side>
): Source.Source<Services> => ArchiveSource.make(archiveOf(options))

export interface Definition<
  S extends Schema.ConstraintDecoder<unknown>,
  C extends Base,
  F extends string,
  Side
> {
  readonly schema: S
  /** The name of the source if the settings are invalid and do not contain one. */
  readonly name: string
  readonly kinds: ReadonlySet<Entity.Kind>
  readonly of: (settings: S["Type"]) => SourceOptions<C, F, Side>
}

export const fromConfig = <
  S extends Schema.ConstraintDecoder<unknown>,
  C extends Base,
  F extends string,
  Side
>(
  { kinds, name, of, schema }: Definition<S, C, F, Side>,
  config: unknown
): Source.Source<Services> =>
  Source.fromConfig({ schema, config, name, kinds }, (settings) => make(of(settings)))

export const recognise = <
  S extends Schema.ConstraintDecoder<unknown>,
  C extends Base,
  F extends string,
  Side
>(
  { name, of, schema }: Definition<S, C, F, Side>,
  config: unknown
): Effect.Effect<ReadonlyArray<ArchiveSource.Recognised>, SourceError.SourceError, Services> =>
  Settings.decode(schema, config).pipe(
    Effect.mapError((reason) => new SourceError.SourceError({ source: name, reason })),
    Effect.flatMap((settings) => ArchiveSource.recognise(archiveOf(of(settings))))
  )

export const contentSize: Archives.ContentSize = (head, tail, size) =>
  isGzip(head) ? sizeIn(tail, size) : size

// internal

const archiveOf = <C extends Base, F extends string, Side>(options: SourceOptions<C, F, Side>) => {
  const { consequences = [], fingerprint, inputs, isGzipRead, isOwn, limits, name } = options
  const codes = new Set(consequences.map(({ code }) => code))
  return {
    name,
    inputs,
    limits,
    fingerprint,
    kinds: new Set(options.kinds),
    consequences: [...consequences, ...Object.values(declared).filter(({ code }) => !codes.has(code))],
    format: { expected: options.expected, judge: options.judge ?? judgeOf(readingOf(options)) },
    ...(isOwn !== undefined && { isOwn }),
    ...(isGzipRead === true && { contentSize }),
    readsAcross: options.before !== undefined,
    read: (archive, range, bytes, position) => read(options, archive, bytes, position, range),
    retrace: (archive, range, readDigest) => retrace(options, archive, readDigest, range),
    ...rejectedOf(options)
  } satisfies ArchiveSource.Options
}

/** A record that depends on other files cannot be read from its line alone. */
const rejectedOf = <C extends Base, F extends string, Side>(
  options: SourceOptions<C, F, Side>
): Pick<ArchiveSource.Options, "rejected"> => {
  if (options.rejected !== undefined) return { rejected: options.rejected }
  return options.before === undefined ? { rejected: rejected(readingOf(options) as Options<C, string>) } : {}
}

/** Judges a file by the verdict of `recognise` on its first bytes. */
const judgeOf =
  <C extends Base>({ documents, limits, recognise }: Reading<C>): ArchiveSource.Format["judge"] =>
  ({ bytes, isWhole, name }) => {
    const open = () => Effect.succeed(END)
    const file = { name, location: name, size: bytes.length, head: bytes, isWhole, open }
    const verdict = verdictOf(recognise, file, limits)
    if (typeof verdict === "object") return verdict._tag === "unrecognised" ? "nothing" : "undecided"
    if (verdict === "archive") return "archive"
    if (verdict === "more") return "undecided"
    return Object.hasOwn(documents, verdict) ? "own" : "nothing"
  }
