// What Effect has no service for: the width of the terminal, output that is under way, and signals.
import process from "node:process"
import * as Effect from "effect/Effect"

/** Columns of the terminal on standard error; 0 where it does not say. */
export const columns: Effect.Effect<number> = Effect.sync(() => process.stderr.columns ?? 0)

/** Waits until what has been printed is written: a process that exits discards what a slow pipe has not taken yet. */
export const written: Effect.Effect<void> = Effect.suspend(() =>
  Effect.andThen(drained(process.stdout), drained(process.stderr))
)

/** Of the signals that ask a process to end. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/**
 * Interrupts the effect when the terminal is closed (SIGHUP), as a main program is
 * on SIGINT and SIGTERM. A process that ends as interrupted after one of the three
 * ends with 128 + its number, which is what shells and supervisors expect; Effect
 * ends with 130 for all.
 */
export const withSignals = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.withFiber((fiber) => {
    let first: number | undefined
    const listener = (signal: keyof typeof NUMBERS) => {
      first ??= NUMBERS[signal]
      if (signal === "SIGHUP") fiber.interruptUnsafe(fiber.id)
    }
    const names = Object.keys(NUMBERS) as ReadonlyArray<keyof typeof NUMBERS>
    for (const name of names) process.on(name, listener)
    return Effect.ensuring(
      effect,
      Effect.sync(() => {
        for (const name of names) process.removeListener(name, listener)
        if (first === undefined) return
        const code = 128 + first
        process.once("exit", (ended) => {
          if (ended === INTERRUPTED) process.exitCode = code
        })
      })
    )
  })

const drained = (stream: NodeJS.WriteStream): Effect.Effect<void> =>
  stream.writableLength === 0
    ? Effect.void
    : Effect.callback((resume) => {
        stream.write("", () => resume(Effect.void))
      })

/** What Effect ends an interrupted program with. */
const INTERRUPTED = 130
