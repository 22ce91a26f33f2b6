// An open sink, or several that are written together.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import type { Member } from "../../run/Phase.ts"
import { foreignReceipt, InvalidReceipt, SinkError } from "../../SinkError.ts"
import type { Context, Session, Sink } from "./contract.ts"
import { membersOf, stateOf } from "./divided.ts"
import type { Receipt } from "./model.ts"
import * as OpenSink from "./openSink.ts"
import type { Taken } from "./taken.ts"

export const openSession = Effect.fnUntraced(function* <R>(
  sink: Sink<R>,
  context: Context
): Effect.fn.Return<Session, SinkError, R | OpenSink.Services> {
  const path = yield* Path.Path
  const all = membersOf(sink, context.buckets ?? 1)
  const last = yield* Option.match(context.receipt, {
    onNone: () => Effect.succeed<Receipts>({}),
    onSome: (receipt) =>
      Option.match(decode(receipt), {
        onNone: () => failed(sink.name, foreignReceipt(context.stateDirectory)),
        onSome: (decoded) => Effect.succeed(decoded)
      })
  })
  const members = yield* Effect.forEach(all, (member) => {
    // Every object inherits names such as `constructor`.
    const committed = Object.hasOwn(last, member.name) ? last[member.name] : undefined
    if (committed === undefined && Option.isSome(context.receipt)) {
      const problem = `the receipt does not contain ${member.name}`
      return failed(member.name, new InvalidReceipt({ path: context.stateDirectory, problem }))
    }
    return OpenSink.open(
      member,
      all.length === 1 ? context : contextOf(path, all, context, member.name),
      committed
    )
  })
  const committed = new Map(Object.entries(last))
  const commit = (which: ReadonlyArray<OpenSink.Opened>) =>
    Effect.map(
      Effect.forEach(which, (member) =>
        Effect.map(member.commit, (receipt) => committed.set(member.name, receipt))
      ),
      // A ledger is plain JSON, although its type does not say so.
      () => Object.fromEntries(committed) as object as Receipt
    )
  return {
    takesExclusions: members.every((member) => member.takesExclusions),
    write: (records) =>
      records.length === 0
        ? Effect.void
        : Effect.forEach(members, (member) => member.write(records), { discard: true }),
    take: (taken) =>
      Effect.forEach(members, (member, i) => member.take(taken[i] as Taken), { discard: true }),
    // Members that do not handle exclusions have a filter that leaves out the records that belong to them.
    exclude: (exclusions) =>
      Effect.forEach(members, (member) => member.exclude(exclusions), { discard: true }),
    commit: commit(members),
    end: (save, threads) =>
      Effect.forEach(members, (member) => member.end(Effect.flatMap(commit([member]), save), threads), {
        discard: true
      }),
    publish: (completion) => Effect.forEach(members, (member) => member.publish(completion))
  }
})

// internal

const Receipts = Schema.Record(Schema.String, OpenSink.Committed)
type Receipts = typeof Receipts.Type
const decode = Schema.decodeUnknownOption(Receipts)

const failed = (sink: string, reason: InvalidReceipt) => Effect.fail(new SinkError({ sink, reason }))

/** The context of one of several sinks. */
const contextOf = (
  path: Path.Path,
  all: ReadonlyArray<Member<unknown>>,
  context: Context,
  name: string
): Context => ({
  ...context,
  stateDirectory: stateOf(path, all, name, context.stateDirectory),
  progress: (step, done, total) => context.progress(`${name}: ${step}`, done, total)
})
