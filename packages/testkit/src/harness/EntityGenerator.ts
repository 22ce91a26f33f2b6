/**
 * Makes canonical entities from a seed, for tests of sinks and transforms.
 *
 * Every entity is valid by its schema. Together they are as untidy as a real
 * migration: in any order, some repeated with different contents, some with
 * references to entities that do not exist, with ids, sizes and times at the
 * limits of what a provider accepts.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import { Entity } from "@chatferry/core"
import * as Schema from "effect/Schema"
import * as Make from "../internal/entities/entities.ts"
import * as Schemas from "../internal/options.ts"
import { random } from "../internal/random/random.ts"

/**
 * What to make. Every field has a default.
 *
 * @category configuration
 * @since 0.1.0
 */
export interface Options {
  /** Any integer. @default 1 */
  readonly seed?: number | undefined
  /** Number of entities of all kinds together. @default 500 */
  readonly records?: number | undefined
  /** Kinds to make. @default all kinds */
  readonly kinds?: ReadonlyArray<Entity.Kind> | undefined
  /** Share of references to entities that do not exist. @default 0.05 */
  readonly dangling?: number | undefined
  /** Share of entities that are repeated with the same key. @default 0.1 */
  readonly duplicates?: number | undefined
  /** Share of ids that other providers do not accept as they are. @default 0.3 */
  readonly oddIds?: number | undefined
  /** Share of fields at a limit: very long text, many attachments, five kilobytes of custom fields. @default 0.02 */
  readonly extremes?: number | undefined
}

/**
 * Makes entities in a random order, which is the same for the same options. Wrong
 * options throw `InvalidConfig`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): ReadonlyArray<Entity.Entity> => {
  Schemas.judge(Schemas.EntityGenerator, options)
  const kinds = new Set(options.kinds ?? Entity.kinds)
  const records = Math.max(0, Math.floor(options.records ?? 500))
  const world = Make.world(options.seed ?? 1, records, {
    dangling: options.dangling ?? 0.05,
    oddIds: options.oddIds ?? 0.3,
    extremes: options.extremes ?? 0.02
  })
  const r = random(options.seed ?? 1, ORDER)
  const chosen = Entity.kinds.filter((kind) => kinds.has(kind))
  const made: Array<Entity.Entity> = []
  const next: Record<Entity.Kind, number> = {
    user: 0,
    channel: 0,
    member: 0,
    message: 0,
    reaction: 0,
    failed_webhook: 0
  }
  while (made.length < records && chosen.length > 0) {
    // There are few users and channels compared to messages, as in real data.
    const kind = r.pick(WEIGHTED.filter((candidate) => kinds.has(candidate)))
    const isAgain = next[kind] > 0 && r.chance(options.duplicates ?? 0.1)
    const index = isAgain ? r.below(next[kind]) : next[kind]++
    made.push(decode(Make.entity(world, kind, index, isAgain ? 1 + r.below(3) : 0)))
  }
  return shuffled(made, r.below)
}

// internal

const ORDER = 61

const WEIGHTED: ReadonlyArray<Entity.Kind> = [
  "user",
  "user",
  "channel",
  "member",
  "member",
  "message",
  "message",
  "message",
  "message",
  "reaction",
  "reaction",
  "failed_webhook"
]

// A generator that makes invalid entities has a defect itself.
const decode = Schema.decodeUnknownSync(Entity.Entity, { onExcessProperty: "error" })

const shuffled = (
  entities: ReadonlyArray<Entity.Entity>,
  below: (bound: number) => number
): ReadonlyArray<Entity.Entity> => {
  const order = [...entities]
  for (let i = order.length - 1; i > 0; i--) {
    const j = below(i + 1)
    const [a, b] = [order[i], order[j]]
    if (a === undefined || b === undefined) continue
    order[i] = b
    order[j] = a
  }
  return order
}
