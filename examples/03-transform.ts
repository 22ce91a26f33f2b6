/**
 * Changes entities on the way: leaves out old messages with the reactions to
 * them, failed webhooks and personal fields, shortens long texts, and hashes user
 * ids with a key of at least 16 characters. The text of messages stays.
 *
 *     HASH_KEY=… npx -y pnpm@12 transform INPUT… --out DIR
 */
import { Migration, Program, Transform } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { commandLine, version } from "./commandLine.ts"

const command = Command.make(
  "03-transform",
  { inputs: Argument.String("INPUT").pipe(Argument.variadic({ min: 1 })), out: Flag.String("out") },
  ({ inputs, out }) =>
    Effect.gen(function* () {
      const key = yield* Program.secret(
        "HASH_KEY",
        "it is any text of at least 16 characters that nobody can guess"
      )
      return yield* Migration.run({
        id: "transform",
        source: SendbirdSource.archives({ inputs }),
        transforms: [
          // Settings are part of the checkpoint: what a function closes over is not seen.
          Transform.messages("before-2021", (message, { since }) => message.createdAt >= since, {
            settings: { since: "2021" }
          }),
          // The body of a failed webhook repeats messages and ids in the provider's own words.
          Transform.filter("failed-webhooks", (entity) => entity._tag !== "failed_webhook"),
          Transform.reject("empty-channel-name", (entity) =>
            entity._tag === "channel" && entity.name === undefined ? "a channel needs a name here" : undefined
          ),
          Transform.mapKind(
            "message",
            "shorten",
            // By code points: an emoji is two units of a string, and must not be cut in half.
            (message, { length }) =>
              message.text === undefined || message.text.length <= length
                ? message
                : { ...message, text: Array.from(message.text).slice(0, length).join("") },
            { settings: { length: 500 } }
          ),
          Transform.redact({
            user: ["name", "imageUrl", "custom"],
            channel: ["custom"],
            member: ["userSnapshot", "custom"],
            message: ["userSnapshot", "custom", "attachments.custom"]
          }),
          Transform.hashIds({ key })
        ],
        sink: NdjsonSink.make({ directory: out }),
        stateDirectory: `${out}/.chatferry`
      })
    }).pipe((migration) => Program.run(migration, { command: commandLine, variables: ["HASH_KEY"] }))
)

Command.run(command, { version }).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
