// Effect does not have services for the width of the terminal, pending output and signals.
import process from "node:process"
import * as Effect from "effect/Effect"

/** Columns of the terminal on standard error; 0 if it does not report them. */
export const columns: Effect.Effect<number> = Effect.sync(() => process.stderr.columns ?? 0)

/** Waits until all output is written: a process that exits discards output that a slow pipe has not accepted yet. */
export const written: Effect.Effect<void> = Effect.suspend(() =>
  Effect.andThen(drained(process.stdout), drained(process.stderr))
)

/** The numbers of the signals that end a process. */
const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/**
 * Interrupts the effect when the terminal is closed (SIGHUP), as main programs are
 * interrupted on SIGINT and SIGTERM. A process that is interrupted by one of these
 * signals exits with 128 plus its number, as shells and supervisors expect; Effect
 * exits with 130 for all of them.
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

/** Effect's exit code for an interrupted program. */
const INTERRUPTED = 130
