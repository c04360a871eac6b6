// The keys in localStorage that the windows of a browser share. Their values name no one.

/** The time of the last activity, in milliseconds since 1970. */
export const LAST_ACTIVITY = "desk-seen";
/** The id of the acting member's user, or an empty text at a locked desk. */
export const ACTING_MEMBER = "desk-who";
