#!/usr/bin/env node
/**
 * The emulator as a program: prints its addresses as a line of JSON to standard
 * output, runs until it is interrupted, and then prints another line with the
 * requests it has received.
 *
 *     node --conditions=@chatferry/source packages/testkit/src/sendbirdEmulator.program.ts --fault cutBody=0.1
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { shares, whole } from "./internal/http/flags.ts"
import * as SendbirdEmulator from "./sendbird/SendbirdEmulator.ts"

const flags = {
  seed: Flag.Int("seed").pipe(Flag.withDefault(1), Flag.withDescription("seed of the data and the faults")),
  messages: whole("messages", 1000, "number of messages in the application"),
  windows: whole("windows", 3, "number of windows in which they were sent"),
  windowDays: whole("window-days", 7, "length of a window in days"),
  port: whole("port", 0, "port of the API; 0 means any free port"),
  exportPolls: whole("export-polls", 2, "status requests until an export is done"),
  linkSeconds: whole("link-seconds", 604_800, "lifetime of a link"),
  fileSeconds: whole("file-seconds", 604_800, "lifetime of the file of an export"),
  callsPerMinute: whole("calls-per-minute", 36_000, "calls above this number get HTTP 429"),
  faultsInARow: whole("faults-in-a-row", 3, "after this many, the same request succeeds"),
  faults: shares(
    SendbirdEmulator.faults,
    "all",
    "name=share of the eligible requests, repeatable; all=share for every fault"
  )
}

const command = Command.make("sendbird-emulator", flags, (given) =>
  Effect.gen(function* () {
    const { seed, messages, windows, windowDays } = given
    const emulator = yield* SendbirdEmulator.start({
      data: { seed, messages, windows, windowDays },
      port: given.port,
      exportPolls: given.exportPolls,
      linkMillis: given.linkSeconds * 1000,
      fileMillis: given.fileSeconds * 1000,
      rateLimit: { calls: given.callsPerMinute, seconds: 60 },
      faults: given.faults,
      faultsInARow: given.faultsInARow
    })
    yield* Effect.addFinalizer(() =>
      Console.log(
        JSON.stringify({
          registrations: emulator.registrations().length,
          doubleRegistrations: emulator.doubleRegistrations().length,
          requests: emulator.requests(),
          faults: emulator.faultsGiven()
        })
      )
    )
    const { apiToken, applicationId, baseUrl, fileUrl, from, to } = emulator
    yield* Console.log(JSON.stringify({ baseUrl, applicationId, apiToken, fileUrl, from, to }))
    return yield* Effect.never
  }).pipe(Effect.scoped)
)

Command.run(command, { version: "0.1.0" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
