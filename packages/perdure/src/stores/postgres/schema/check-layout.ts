import { LAYOUT_NUMBER } from "../wire/layouts.ts";

/** First in each function that is given rows, and where a worker joins: a process of another release writes nothing. In place: a call costs 1 µs more. */
export const CHECK_LAYOUT = `IF p_layout IS DISTINCT FROM ${LAYOUT_NUMBER} THEN
        RAISE EXCEPTION 'they take rows of layout ${LAYOUT_NUMBER}, and this process sends layout %', p_layout USING ERRCODE = 'PD008';
      END IF;`;
