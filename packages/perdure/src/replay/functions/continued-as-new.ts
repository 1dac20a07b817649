/**
 * What `ctx.continueAsNew` gives, and the function must return: the type cannot be taken for a result, and the value is compared. Without fields that
 * JSON could carry, so that it is refused where it is sent as data.
 */
export class ContinuedAsNew {
  readonly #mustBeReturned = true;

  /** @internal */
  static is(value: unknown): value is ContinuedAsNew {
    return typeof value === "object" && value !== null && #mustBeReturned in value;
  }
}
