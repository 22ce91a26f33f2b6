import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Setting from "../../settings/Setting.ts"
import * as Settings from "../../settings/Settings.ts"
import { InvalidConfig, SinkError } from "../../SinkError.ts"
import { A_SINK, duplicateName, isSink, membersOf } from "../settings/members.ts"
import type { Sink } from "./contract.ts"
import * as Divided from "./divided.ts"
import { invalid } from "./invalid.ts"
import type { Fields } from "./model.ts"

/** A sink that writes to several sinks. */
export const tee = <R>(sinks: ReadonlyArray<Sink<R>>): Sink<R> => {
  const members = membersOf(sinks, isSink)
  const name = members.map((sink) => sink.name).join("+")
  const twice = duplicateName(members.flatMap((sink) => Divided.membersOf(sink, 1)))
  const checked = Result.flatMap(Settings.result(Joined, { sinks }), () =>
    twice === undefined
      ? Result.succeed(members)
      : Result.fail(new InvalidConfig({ setting: "sinks", problem: `has two sinks with the name ${twice}` }))
  )
  const common = {
    name,
    fields: union(members.map((sink) => sink.fields)),
    consequences: members.flatMap((sink) => sink.consequences ?? []),
    fingerprint: Object.fromEntries(members.map((sink) => [sink.name, sink.fingerprint]))
  }
  return Result.match(checked, {
    onFailure: (reason) => {
      const fail = Effect.fail(new SinkError({ sink: name === "" ? "tee" : name, reason }))
      return { ...common, check: fail, divide: () => invalid(fail) }
    },
    onSuccess: () => ({
      ...common,
      check: Effect.forEach(members, (sink) => sink.check ?? Effect.void, { discard: true }),
      divide: (buckets) => members.flatMap((sink) => Divided.membersOf(sink, buckets))
    })
  })
}

// internal

const union = (all: ReadonlyArray<Fields>): Fields => {
  const joined = new Map<string, "all" | ReadonlyArray<string>>()
  for (const [kind, fields] of all.flatMap((one) => Object.entries(one))) {
    const before = joined.get(kind) ?? []
    joined.set(kind, before === "all" || typeof fields === "string" ? "all" : [...before, ...fields])
  }
  return Object.fromEntries(joined)
}

const Joined = Schema.Struct({
  sinks: Setting.listOf(Setting.value(isSink, A_SINK), "a list with at least one sink")
})
