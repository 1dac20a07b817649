declare const brand: unique symbol;

/** A primitive with a name: two ids of the same primitive type cannot be mixed up. Made only by the constructors of `ids.ts`. */
export type Branded<Primitive, Name extends string> = Primitive & { readonly [brand]: Name };
