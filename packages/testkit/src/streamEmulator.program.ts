#!/usr/bin/env node
/**
 * The emulator of Stream's import and export APIs as a program: prints its
 * addresses as a line of JSON to standard output, runs until it is interrupted,
 * and then prints another line with the imports and exports.
 *
 *     node --conditions=@chatferry/source packages/testkit/src/streamEmulator.program.ts --fault cutBody=0.1
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
import * as Option from "effect/Option"
import { shares, whole } from "./internal/http/flags.ts"
import * as StreamEmulator from "./stream/StreamEmulator.ts"

const flags = {
  seed: Flag.Int("seed").pipe(Flag.withDefault(1), Flag.withDescription("seed of ids and faults")),
  port: whole("port", 0, "port of the API; 0 means any free port"),
  messages: whole("messages", 1000, "number of messages in the exported app"),
  channels: Flag.Int("channels").pipe(
    Flag.optional,
    Flag.withDescription("number of channels (default one per 100 messages, at least 4)")
  ),
  users: Flag.Int("users").pipe(
    Flag.optional,
    Flag.withDescription("number of users (default one per 40 messages, at least 12)")
  ),
  taskLooks: whole("task-looks", 2, "status requests until the task of an export is completed"),
  looks: whole("looks", 1, "status requests for an import per state"),
  confirmAfterLooks: whole(
    "confirm-after-looks",
    0,
    "status requests for a waiting import; 0 skips the state"
  ),
  listedImports: Flag.Literals("listed-imports", ["paged", "whole", "overlapping"]).pipe(
    Flag.withDefault("paged"),
    Flag.withDescription("pages of the list of imports: as requested, ignored, or overlapping")
  ),
  maxMessageLength: whole("max-message-length", 5000, "maximum length of a text in every channel type"),
  callsPerMinute: whole("calls-per-minute", 300, "calls above this number get HTTP 429"),
  faultsInARow: whole("faults-in-a-row", 3, "after this many, the same request succeeds"),
  faults: shares(StreamEmulator.faults, undefined, "name=share of the eligible requests, repeatable")
}

const types = ["messaging", "livestream", "team", "gaming", "commerce"]

const command = Command.make("stream-emulator", flags, (given) =>
  Effect.gen(function* () {
    const emulator = yield* StreamEmulator.start({
      seed: given.seed,
      port: given.port,
      data: {
        seed: given.seed,
        messages: given.messages,
        ...(Option.isSome(given.channels) ? { channels: given.channels.value } : {}),
        ...(Option.isSome(given.users) ? { users: given.users.value } : {})
      },
      taskLooks: given.taskLooks,
      looks: given.looks,
      confirmAfterLooks: given.confirmAfterLooks,
      listedImports: given.listedImports,
      channelTypes: Object.fromEntries(types.map((type) => [type, given.maxMessageLength])),
      rateLimit: { calls: given.callsPerMinute, seconds: 60 },
      faults: given.faults,
      faultsInARow: given.faultsInARow
    })
    yield* Effect.addFinalizer(() =>
      Console.log(
        JSON.stringify({
          imports: emulator.imports().map(({ id, state }) => ({ id, state })),
          doubleImports: emulator.doubleImports().length,
          exports: emulator.exports().map(({ status, taskId }) => ({ taskId, status })),
          doubleExports: emulator.doubleExports().length,
          users: emulator.users().length,
          channels: emulator.channels().length,
          members: emulator.members().length,
          messages: emulator.messages().length,
          reactions: emulator.reactions().length,
          requests: emulator.requests(),
          faults: emulator.faultsGiven()
        })
      )
    )
    const { apiKey, apiSecret, baseUrl, fileUrl, uploadUrl } = emulator
    yield* Console.log(JSON.stringify({ baseUrl, apiKey, apiSecret, uploadUrl, fileUrl }))
    return yield* Effect.never
  }).pipe(Effect.scoped)
)

Command.run(command, { version: "0.1.0" }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
