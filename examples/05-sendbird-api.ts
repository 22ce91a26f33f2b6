/**
 * Has Sendbird export an application over its API, and turns the exports into
 * Stream import files. The API token is read from SENDBIRD_API_TOKEN.
 *
 *     npx -y pnpm@12 sendbird-api --app-id ID --from 2023-01-01 --to 2024-01-01 --out DIR [--plan] [--enrich] [--base-url URL]
 *
 * `--plan` shows what would be requested and requests nothing, without the token. Run it again with
 * the same arguments to resume after a kill: no window is exported twice.
 */
import { Addresses } from "@chatferry/connector"
import { Migration, Program } from "@chatferry/core"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdApi, SendbirdSource } from "@chatferry/source-sendbird"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Layer } from "effect"
import { Command, Flag } from "effect/cli"
import { commandLine, version } from "./commandLine.ts"

const command = Command.make(
  "05-sendbird-api",
  {
    applicationId: Flag.String("app-id"),
    from: Flag.String("from"),
    to: Flag.String("to"),
    out: Flag.String("out"),
    isPlan: Flag.Boolean("plan").pipe(Flag.withDefault(false)),
    enrich: Flag.Boolean("enrich").pipe(Flag.withDefault(false)),
    baseUrl: Flag.String("base-url").pipe(Flag.optional)
  },
  ({ applicationId, baseUrl, enrich, from, isPlan, out, to }) =>
    Effect.gen(function* () {
      const config: Omit<SendbirdSource.ApiConfig, "apiToken"> = {
        applicationId,
        from,
        to,
        enrich,
        directory: `${out}/sendbird-exports`,
        ...(baseUrl._tag === "Some" ? { baseUrl: baseUrl.value } : {})
      }
      if (isPlan) {
        yield* Console.log(SendbirdApi.format(yield* SendbirdApi.plan(config)))
        return
      }
      const migration = Effect.gen(function* () {
        const apiToken = yield* Program.secret(
          "SENDBIRD_API_TOKEN",
          "the token is in Sendbird's dashboard, under Settings > Application > General"
        )
        return yield* Migration.run({
          id: "sendbird-api",
          source: SendbirdSource.api({ ...config, apiToken }),
          sink: StreamImportSink.make({ directory: `${out}/stream-import`, dialect: "jsonl" }),
          stateDirectory: `${out}/.chatferry`
        })
      })
      yield* Program.run(migration, { command: commandLine, variables: ["SENDBIRD_API_TOKEN"] })
    })
)

// Links that the service gives are also checked where the connection is made.
const http = Addresses.guard((lookup) => NodeHttpClient.layerUndiciOptions({ connect: { lookup } }))

Command.run(command, { version }).pipe(
  Effect.provide(Layer.mergeAll(NodeServices.layer, http)),
  NodeRuntime.runMain
)
