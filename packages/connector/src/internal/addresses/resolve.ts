// Effect's Dns asks name servers; what a connection goes by is the system's resolver, with its files and its search list.
import { lookup } from "node:dns"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** The addresses of a name; none when it has none. */
export type Resolve = (hostname: string) => Effect.Effect<ReadonlyArray<string>>

export const Resolver = Context.Reference<Resolve>("@chatferry/core/Addresses/Resolver", {
  defaultValue: () => system
})

// internal

const system: Resolve = (hostname) =>
  Effect.callback((resume) => {
    lookup(hostname, { all: true }, (error, found) =>
      resume(Effect.succeed(error === null ? found.map(({ address }) => address) : []))
    )
  })
