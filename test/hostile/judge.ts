// Runs a client against a mode of hostility, as a process, and says what is wrong with how it ends.
import { createHash } from "node:crypto"
import { Effect, FileSystem, Stream } from "effect"
import { spawn } from "../processes.ts"
import type { Hostility } from "./hostility.ts"
import { type Client, serve } from "./server.ts"

const clients: ReadonlyArray<Client> = ["sendbird", "stream", "import"]

export interface Case {
  readonly client: Client
  readonly hostility: Hostility
}

export const casesOf = (hostilities: ReadonlyArray<Hostility>): ReadonlyArray<Case> =>
  hostilities.flatMap((hostility) => (hostility.clients ?? clients).map((client) => ({ client, hostility })))

const MOST_REQUESTS = 500
const MOST_MEGABYTES = 300
/** For a machine that is busy with other tests. */
const MOST_TIME = "60 seconds"

/** The smallest heap that a user would give it. */
const NODE = ["--max-old-space-size=256"]

const CONTENT = '{"type":"user","item":{"id":"a"}}\n'
const SHA256 = createHash("sha256").update(CONTENT).digest("hex")

export const judge = ({ client, hostility }: Case) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    if (client === "import") yield* importFolder(`${folder}/import`)
    const { baseUrl, requests } = yield* serve(client, hostility.answer)
    const child = yield* spawn(
      "hostile.program.ts",
      [client, baseUrl, folder, hostility.isSlow === true ? "500" : "10000"],
      { node: NODE }
    )
    const ended = yield* Effect.all(
      [
        Stream.mkString(Stream.decodeText(child.stdout)),
        Stream.mkString(Stream.decodeText(child.stderr)),
        Effect.map(child.exitCode, Number)
      ],
      { concurrency: 3 }
    ).pipe(Effect.timeoutOption(MOST_TIME))
    if (ended._tag === "None") return { problems: [`does not end: ${requests()} requests`], summary: "" }
    const [out, error, code] = ended.value
    const megabytes = Number(/peak RSS (\d+) kB/u.exec(error)?.[1]) / 1024
    const summary = `${code}, ${requests()} requests, ${Math.round(megabytes)} MB: ${error.slice(0, 400)}`
    return {
      problems: problemsIn({ out, error, code, megabytes, requests: requests(), says: hostility.says }),
      summary
    }
  })

// internal

interface Ended {
  readonly out: string
  readonly error: string
  readonly code: number
  readonly megabytes: number
  readonly requests: number
  readonly says: RegExp
}

const problemsIn = ({ code, error, megabytes, out, requests, says }: Ended): ReadonlyArray<string> => {
  const text = out + error
  return [
    ...(code === 3 || code === 1 ? [] : [`exit code ${code}`]),
    ...(says.test(error) ? [] : [`says something else than ${says}`]),
    ...(megabytes < MOST_MEGABYTES ? [] : [`${megabytes} MB`]),
    ...(requests <= MOST_REQUESTS ? [] : [`${requests} requests`]),
    ...(/^\s+at .*[:)]\d*/mu.test(error) ? ["a stack"] : []),
    ...(/s3cret|\?secret|eyJ/u.test(text) ? ["a secret"] : []),
    // eslint-disable-next-line no-control-regex
    ...(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/u.test(text) ? ["controls"] : []),
    ...(error.length < 20_000 ? [] : [`${error.length} characters of errors`])
  ]
}

const importFolder = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* fs.makeDirectory(folder, { recursive: true })
    yield* fs.writeFileString(`${folder}/import.jsonl`, CONTENT)
    const file = { path: "import.jsonl", bytes: CONTENT.length, sha256: SHA256, records: 1 }
    yield* fs.writeFileString(
      `${folder}/manifest.json`,
      JSON.stringify({ format: "chatferry-manifest/1", files: [file] })
    )
  })
