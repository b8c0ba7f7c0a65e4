/**
 * From this age on, in ms, a request is looked up before it is sent again: its provider may have forgotten the key, and
 * would do it a second time. As long as a request may be on its way.
 */
export const repeatAgeMs = 3_600_000;
