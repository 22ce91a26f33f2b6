// The rule that a sink writes the kinds it declares.
import { Entity, Ledger, type Sink } from "@chatferry/core"
import * as Effect from "effect/Effect"
import { first, type Verdict } from "../engine/rule.ts"
import type { Checked, Result, Stage } from "../engine/stage.ts"
import { planted } from "./planted.ts"

/**
 * A sink that rejects or drops all records of a kind accounts for each of them, and none of their fields is lost
 * silently. So the rule checks its own entities, and planted ones that are valid.
 */
export const kindsArrive = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const sink = stage.make("out")
    const { entities } = planted(new Set(Entity.kinds))
    return (
      missingOf(sink, "the given entities", stage.entities, yield* stage.undisturbed) ??
      missingOf(sink, "the planted entities", entities, yield* stage.with({ entities }).undisturbed)
    )
  })

// internal

const missingOf = <R>(
  sink: Sink.Sink<R>,
  what: string,
  entities: ReadonlyArray<Entity.Entity>,
  { summaries }: Result
): Verdict | undefined => {
  const whole = wholeOf(entities)
  const fields = new Map(
    [sink.divide(1)]
      .flat()
      .map((one) => ("fields" in one ? [one.name, one.fields] : [sink.name, sink.fields]))
  )
  return first(
    summaries.flatMap(({ ledger, sink: name }) =>
      Entity.kinds.map((kind) => {
        const { dropped, merged, rejected, written } = ledger.kinds[kind]
        const given = whole.get(kind) ?? 0
        if (fields.get(name)?.[kind] === undefined || given === 0) return undefined
        if (written + Ledger.total(merged) > 0) return undefined
        return {
          expected: `${kind} written by ${name}, which declares its \`fields\`: ${what} include ${given} whose references all exist`,
          actual: `none written or merged, ${countsOf("rejected", rejected)}, ${countsOf("dropped", dropped)}`
        }
      })
    )
  )
}

const countsOf = (outcome: string, reasons: Readonly<Record<string, number>>): string => {
  const codes = Object.entries(reasons).map(([code, count]) => `${count} as ${code}`)
  return codes.length === 0 ? `none ${outcome}` : `${outcome}: ${codes.join(" and ")}`
}

/** Counts entities of each kind that are not deleted and refer only to entities that exist and are not deleted either. */
const wholeOf = (entities: ReadonlyArray<Entity.Entity>): ReadonlyMap<Entity.Kind, number> => {
  const whole = new Map<Entity.Kind, Set<string>>(Entity.kinds.map((kind) => [kind, new Set()]))
  const has = (kind: Entity.Kind, id: string | undefined) =>
    id === undefined || whole.get(kind)?.has(id) === true
  const isWhole = (entity: Entity.Entity): boolean => {
    switch (entity._tag) {
      case "user":
        return entity.deletedAt === undefined
      case "channel":
        return entity.deletedAt === undefined && has("user", entity.createdById)
      case "member":
        return (
          entity.removedAt === undefined && has("channel", entity.channelId) && has("user", entity.userId)
        )
      case "message":
        return (
          entity.isDeleted !== true &&
          has("channel", entity.channelId) &&
          has("user", entity.userId) &&
          has("message", entity.parentId)
        )
      case "reaction":
        return (
          entity.removedAt === undefined &&
          has("message", entity.messageId) &&
          has("user", entity.userId) &&
          has("channel", entity.channelId)
        )
      case "failed_webhook":
        return true
    }
  }
  // A kind refers to earlier kinds. A reply that comes before its parent is not counted.
  for (const kind of Entity.kinds)
    for (const entity of entities)
      if (entity._tag === kind && isWhole(entity)) whole.get(kind)?.add(Entity.key(entity))
  return new Map(Array.from(whole, ([kind, keys]) => [kind, keys.size]))
}
