/** The token of the next page of a list, in a request and in an answer: as Azure's. */
export const CONTINUATION = "x-ms-continuation-token";
