/** What is compared: routes, and the cases of each. The first case of a route is what the others are held to. */
import type { Job } from "./child.ts"
import type { InputName } from "./inputs.ts"

export interface Case {
  readonly name: string
  /** A script of this folder, or a command with `{input}` and `{output}`, which the shell runs. */
  readonly run:
    | {
        readonly script: string
        readonly from?: "dist" | "sources"
        readonly checkpointRecords?: number | null
        readonly threads?: number
      }
    | { readonly command: string; readonly needs: string; readonly install: string }
  /** It reads a smaller input, because it is slow. */
  readonly isSlow?: boolean
  /** Another input than the route's: the same data in another form. */
  readonly input?: InputName
}

export interface Route {
  readonly name: string
  readonly input: InputName
  readonly source: Job["source"]
  readonly output: Job["output"]
  readonly cases: ReadonlyArray<Case>
}

const OURS: Case = { name: "Chatferry", run: { script: "ours.ts", from: "dist" } }

const sendbird = (output: "ndjson" | "stream", name: string): Route => ({
  name,
  input: "sendbird-json",
  source: "sendbird",
  output,
  cases: [
    { name: "floor", run: { script: "floor.ts" } },
    { name: "floor on two threads", run: { script: "floorOnTwo.ts" } },
    OURS,
    { name: "Chatferry, one worker thread", run: { script: "ours.ts", from: "dist", threads: 1 } },
    { name: "Chatferry, two worker threads", run: { script: "ours.ts", from: "dist", threads: 2 } },
    {
      name: "Chatferry, no checkpoints",
      run: { script: "ours.ts", from: "dist", checkpointRecords: null }
    },
    { name: "Chatferry, from sources", run: { script: "ours.ts", from: "sources" } },
    { name: "unzipper, JSON.parse", run: { script: "peerBuffered.ts" } },
    { name: "unzipper, stream-json", run: { script: "peerStreaming.ts" }, isSlow: true }
  ]
})

const alone = (
  name: string,
  input: InputName,
  source: Job["source"],
  output: "ndjson" | "stream"
): Route => ({ name, input, source, output, cases: [OURS] })

export const ROUTES: ReadonlyArray<Route> = [
  sendbird("ndjson", "Sendbird JSON zips to NDJSON"),
  sendbird("stream", "Sendbird JSON zips to a Stream import"),
  {
    name: "Sendbird CSV zips to NDJSON",
    input: "sendbird-csv",
    source: "sendbird",
    output: "ndjson",
    cases: [{ ...OURS, name: "Chatferry, the same data as JSON", input: "sendbird-json" }, OURS]
  },
  alone("Stream export, version 1, to NDJSON", "stream-v1", "stream", "ndjson"),
  alone("Stream export, version 2, to NDJSON", "stream-v2", "stream", "ndjson"),
  {
    name: "NDJSON to NDJSON",
    input: "ndjson",
    source: "ndjson",
    output: "ndjson",
    cases: [
      { name: "floor: JSON.parse, JSON.stringify", run: { script: "copyFloor.ts" } },
      OURS,
      {
        name: "jq -c",
        run: {
          command: "jq -c . {input}/*.ndjson > {output}/all.ndjson",
          needs: "jq",
          install: "apt install jq"
        }
      },
      {
        name: "Miller",
        run: {
          command: "mlr --ijsonl --ojsonl cat {input}/message.ndjson > {output}/message.ndjson",
          needs: "mlr",
          install: "apt install miller"
        }
      },
      {
        name: "DuckDB",
        run: {
          command:
            "duckdb -c \"COPY (SELECT * FROM read_ndjson('{input}/message.ndjson')) TO '{output}/message.ndjson'\"",
          needs: "duckdb",
          install: "https://duckdb.org/docs/installation"
        }
      }
    ]
  },
  alone("NDJSON to a Stream import", "ndjson", "ndjson", "stream"),
  {
    name: "Check of a Stream import",
    input: "import",
    source: "ndjson",
    output: "none",
    cases: [
      { name: "floor: JSON.parse of its lines", run: { script: "checkFloor.ts" } },
      { name: "Chatferry", run: { script: "check.ts", from: "dist" } }
    ]
  }
]
