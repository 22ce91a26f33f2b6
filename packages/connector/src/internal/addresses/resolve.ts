// Effect's Dns asks name servers, but connections use the system's resolver with its hosts file and search list.
import { lookup } from "node:dns"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Returns the addresses of a name, or an empty list. */
export type Resolve = (hostname: string) => Effect.Effect<ReadonlyArray<string>>

export const Resolver = Context.Reference<Resolve>("@chatferry/connector/Addresses/Resolver", {
  defaultValue: () => system
})

// internal

const system: Resolve = (hostname) =>
  Effect.callback((resume) => {
    lookup(hostname, { all: true }, (error, found) =>
      resume(Effect.succeed(error === null ? found.map(({ address }) => address) : []))
    )
  })
