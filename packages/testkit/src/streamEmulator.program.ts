#!/usr/bin/env node
/**
 * The emulator of Stream's import and export APIs as a program: says where it
 * is in one line of JSON on standard output, runs until it is interrupted, and
 * then says in another line what was imported and exported.
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
  seed: Flag.Int("seed").pipe(Flag.withDefault(1), Flag.withDescription("of ids and faults")),
  port: whole("port", 0, "of the API; 0 is any free one"),
  messages: whole("messages", 1000, "in the app that is exported"),
  channels: Flag.Int("channels").pipe(
    Flag.optional,
    Flag.withDescription("one per 100 messages, at least 4, unless given")
  ),
  users: Flag.Int("users").pipe(
    Flag.optional,
    Flag.withDescription("one per 40 messages, at least 12, unless given")
  ),
  taskLooks: whole("task-looks", 2, "at the task of an export until it is completed"),
  looks: whole("looks", 1, "at an import in each of its states"),
  confirmAfterLooks: whole("confirm-after-looks", 0, "at an import that waits; 0 leaves the state out"),
  listedImports: Flag.Literals("listed-imports", ["paged", "whole", "overlapping"]).pipe(
    Flag.withDefault("paged"),
    Flag.withDescription(
      "how the list of imports is cut into pages: as asked for, not at all, or with repeats"
    )
  ),
  maxMessageLength: whole("max-message-length", 5000, "characters of a text, in every channel type"),
  callsPerMinute: whole("calls-per-minute", 300, "above which the API answers 429"),
  faultsInARow: whole("faults-in-a-row", 3, "after which the same request succeeds"),
  faults: shares(StreamEmulator.faults, undefined, "name=share of the requests that it befalls, repeatable")
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
