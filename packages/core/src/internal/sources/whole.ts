// Sources whose partitions are read whole.
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Partition, Partitioned, Segment, Source } from "./model.ts"
import { once } from "./once.ts"

export const whole = (partition: Partition): Segment => ({
  partition,
  no: 0,
  range: null,
  ...(partition.bytes !== undefined && { bytes: partition.bytes })
})

export const make = <R>({ open, ...source }: Partitioned<R>): Source<R> => ({
  ...source,
  open: Effect.gen(function* () {
    const services = yield* Effect.context<R>()
    const { fingerprint, partitions, read, retrace } = yield* open
    return {
      fingerprint,
      segments: yield* once(
        Effect.map(Effect.provideContext(partitions, services), (found) => found.map(whole))
      ),
      read: ({ partition }, position) => Stream.provideContext(read(partition, position), services),
      ...(retrace !== undefined && {
        retrace: ({ partition }, readDigest) =>
          Effect.provideContext(retrace(partition, readDigest), services)
      })
    }
  })
})
