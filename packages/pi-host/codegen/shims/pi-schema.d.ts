// Stands in for the one package of pi's declarations that is not published: only what they use of it.
export interface Schema<T> {
  readonly shape: T;
}
export type Static<S> = S extends Schema<infer T> ? T : unknown;
