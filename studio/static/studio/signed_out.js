// The sign-in page covers the other windows of the browser, and leaves nothing of the last person in
// localStorage. The server shows this page only while no one is signed in.

import { ACTING_MEMBER, LAST_ACTIVITY } from "./stored_keys.js";

// A change of the value is an event in the other windows. Each of them then reloads.
localStorage.setItem(ACTING_MEMBER, "signed out");
localStorage.removeItem(ACTING_MEMBER);
localStorage.removeItem(LAST_ACTIVITY);
