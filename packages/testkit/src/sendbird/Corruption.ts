/**
 * Damages exports in the ways in which real ones are damaged, from a seed.
 *
 * Only the elements that are hit change; all other bytes stay as they were. A
 * file is held in memory while it is damaged.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Setting, Settings } from "@chatferry/core/settings"
import * as Schema from "effect/Schema"
import { judge } from "../internal/options.ts"
import { type Random, random } from "../internal/random/random.ts"
import { CONTENT, type Outcome as AnyOutcome, type Way, ways } from "../internal/sendbird/generator/damage.ts"
import { type Span, spans } from "../internal/sendbird/generator/spans.ts"
import type { ExportFile } from "./SendbirdExport.ts"

/**
 * The names of the ways to damage an element:
 *
 * - `missing_id`, `wrong_type`: the field that names the record is gone, or is an object
 * - `null_element`, `no_object`: there is no object at all
 * - `bad_time`: a message was created at no time
 * - `duplicate`: the element is there twice
 * - `dangling_parent`: a message answers one that is nowhere
 * - `unknown_field`, `huge_field`: a field that nobody knows, small or of 200 KB and deeply nested
 * - `wrong_boolean`: `"yes"`, `1`, `"TRUE"` or `null`
 * - `null_sender`: a message of nobody
 * - `invalid_utf8`: bytes that are no text
 * - `truncated`: the element ends in the middle, so that its file is no JSON
 *
 * @category models
 * @since 0.1.0
 */
export type Damage = keyof typeof ways

/**
 * All ways after which every file is still well-formed JSON in its structure.
 *
 * @category configuration
 * @since 0.1.0
 */
export const readable: ReadonlyArray<Damage> = (Object.keys(ways) as Array<Damage>).filter(
  (damage) => ways[damage].outcome !== "unreadable"
)

/**
 * What a reader should make of a hit: set the record aside, keep it, either of
 * the two, or fail on the file.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome = AnyOutcome

/**
 * An element that was damaged.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hit {
  readonly damage: Damage
  readonly outcome: Outcome
  readonly archive: string
  readonly path: string
  /** The top-level member whose list the element is in, such as `messages`. */
  readonly list: string
  /** Its number in the undamaged list, from 0. */
  readonly index: number
}

/**
 * What to damage. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** Any integer. Default 1. */
  readonly seed?: number | undefined
  /** Share of the elements that are hit, each in one way. Default 0.01. */
  readonly share?: number | undefined
  /** The ways to choose from. Default `readable`. */
  readonly damages?: ReadonlyArray<Damage> | undefined
}

/**
 * Damage that can be done to files.
 *
 * @category models
 * @since 0.1.0
 */
export interface Corruption {
  /** Gives the files with some elements damaged; the same files give the same damage. */
  readonly apply: (files: Iterable<ExportFile>) => Iterable<ExportFile>
  /** What has been hit in all files that were read so far, once for each reading. */
  readonly hits: () => ReadonlyArray<Hit>
}

/**
 * Damaged elements contain this text where they contain any, so that a test can
 * tell whether a message quotes what it rejects.
 *
 * @category configuration
 * @since 0.1.0
 */
export const content: string = CONTENT

/**
 * Makes damage from a seed. Wrong options throw `InvalidConfig`. Pass `apply` to a generated export as `through`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Corruption => {
  judge(SCHEMA, options)
  const { damages = readable, seed = 1, share = 0.01 } = options
  const hits: Array<Hit> = []
  const damaged = (file: ExportFile, number: number): ExportFile => ({
    ...file,
    bytes: {
      [Symbol.iterator]: () => damagedBytes(file, random(seed, DAMAGE, number), { damages, share }, hits)
    }
  })
  return {
    hits: () => [...hits],
    apply: (files) => ({
      *[Symbol.iterator]() {
        let number = 0
        for (const file of files) yield damaged(file, number++)
      }
    })
  }
}

// internal

const SCHEMA = Schema.Struct({
  seed: Settings.optional(Setting.number("a number", () => true)),
  share: Settings.optional(Setting.number("a share from 0 to 1", (given) => given >= 0 && given <= 1)),
  damages: Settings.optional(
    Schema.Array(Setting.oneOf(...(Object.keys(ways) as Array<Damage>))).annotate({
      expected: "a list of damages"
    })
  )
})

const DAMAGE = 71

function* damagedBytes(
  file: ExportFile,
  r: Random,
  { damages, share }: { readonly damages: ReadonlyArray<Damage>; readonly share: number },
  hits: Array<Hit>
): Generator<Uint8Array> {
  const bytes = Buffer.concat(Array.from(file.bytes))
  let done = 0
  for (const span of spans(bytes)) {
    if (damages.length === 0 || !r.chance(share)) continue
    const damage = r.pick(damages)
    const { hit, outcome }: Way = ways[damage]
    const changed = hit(textOf(bytes, span), r)
    if (changed === undefined) continue
    hits.push({ damage, outcome, archive: file.archive, path: file.path, list: span.list, index: span.index })
    yield bytes.subarray(done, span.start)
    yield changed
    done = span.end
  }
  yield bytes.subarray(done)
}

const textOf = (bytes: Buffer, { end, start }: Span): string => bytes.toString("utf8", start, end)
