// Command-line flags of the emulators.
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"

export const whole = (name: string, otherwise: number, description: string): Flag.Flag<number> =>
  Flag.Int(name).pipe(
    Flag.filter(
      (value) => value >= 0,
      () => "at least 0"
    ),
    Flag.withDefault(otherwise),
    Flag.withDescription(description)
  )

/** `--fault name=share`, repeatable. `all` is an optional name for every fault. */
export const shares = <F extends string>(
  faults: ReadonlyArray<F>,
  all: string | undefined,
  description: string
): Flag.Flag<Partial<Record<F, number>>> =>
  Flag.String("fault").pipe(
    Flag.filterMap(
      (given) => shareOf(given, faults, all),
      () =>
        `name=share with a share from 0 to 1 and one of the names: ${[...(all === undefined ? [] : [all]), ...faults].join(", ")}`
    ),
    Flag.atLeast(0),
    Flag.map((given) => Object.assign({}, ...given) as Partial<Record<F, number>>),
    Flag.withDescription(description)
  )

// internal

const shareOf = (given: string, faults: ReadonlyArray<string>, all: string | undefined) => {
  const [name, text] = given.split("=")
  const share = Number(text)
  const named = faults.filter((fault) => (all !== undefined && name === all) || fault === name)
  return named.length > 0 && text !== "" && share >= 0 && share <= 1
    ? Option.some(Object.fromEntries(named.map((fault) => [fault, share])))
    : Option.none()
}
