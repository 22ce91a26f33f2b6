/**
 * Damages exports as real ones are damaged, from a seed.
 *
 * Only the chosen elements change; all other bytes stay as they are. A
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
 * The ways to damage an element, by name:
 *
 * - `missing_id`, `wrong_type`: the field that identifies the record is missing, or is an object
 * - `null_element`, `no_object`: there is no object
 * - `bad_time`: the creation time of a message is invalid
 * - `duplicate`: the element is repeated
 * - `dangling_parent`: a message replies to one that does not exist
 * - `unknown_field`, `huge_field`: an unknown field, small or 200 KB in size and deeply nested
 * - `wrong_boolean`: `"yes"`, `1`, `"TRUE"` or `null`
 * - `null_sender`: a message without a sender
 * - `invalid_utf8`: bytes that are not valid text
 * - `truncated`: the element ends in the middle, so that its file is not valid JSON
 *
 * @category models
 * @since 0.1.0
 */
export type Damage = keyof typeof ways

/**
 * All damage that leaves every file well-formed JSON.
 *
 * @category configuration
 * @since 0.1.0
 */
export const readable: ReadonlyArray<Damage> = (Object.keys(ways) as Array<Damage>).filter(
  (damage) => ways[damage].outcome !== "unreadable"
)

/**
 * What a reader should do with a damaged element: reject the record, keep it, either of
 * the two, or fail on the file.
 *
 * @category models
 * @since 0.1.0
 */
export type Outcome = AnyOutcome

/**
 * A damaged element.
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
  /** Its index in the undamaged list, from 0. */
  readonly index: number
}

/**
 * What to damage. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** Any integer. @default 1 */
  readonly seed?: number | undefined
  /** Share of the elements that are damaged, each in one way. @default 0.01 */
  readonly share?: number | undefined
  /** The kinds of damage to choose from. @default `readable` */
  readonly damages?: ReadonlyArray<Damage> | undefined
}

/**
 * Damage that can be applied to files.
 *
 * @category models
 * @since 0.1.0
 */
export interface Corruption {
  /** Gives the files with some elements damaged; the same files get the same damage. */
  readonly apply: (files: Iterable<ExportFile>) => Iterable<ExportFile>
  /** The damaged elements of all files read so far, once for each reading. */
  readonly hits: () => ReadonlyArray<Hit>
}

/**
 * If a damaged element contains text, it contains this one, so that a test can
 * check whether a message quotes what it rejects.
 *
 * @category configuration
 * @since 0.1.0
 */
export const content: string = CONTENT

/**
 * Prepares damage from a seed. Wrong options throw `InvalidConfig`. Pass `apply` to a generated export as `through`.
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
