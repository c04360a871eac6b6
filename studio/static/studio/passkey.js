// The form that adds or uses a passkey. The browser asks for a fingerprint, a face or a PIN, and the
// form sends its answer. Without this file, the form sends no answer and the server refuses it.

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-passkey]"));
const answer = /** @type {HTMLInputElement} */ (form.elements.namedItem("passkey"));
const problem = /** @type {HTMLElement} */ (document.getElementById("passkey-problem"));
const { passkey, options = "" } = form.dataset;

/** @returns {Promise<Credential | null>} */
function askBrowser() {
  const parsed = JSON.parse(options);
  if (passkey === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(parsed);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(parsed);
  return navigator.credentials.get({ publicKey });
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  try {
    answer.value = JSON.stringify(await askBrowser());
    form.submit();
  } catch {
    // The person cancelled, the time is over, or the browser has no passkeys.
    problem.hidden = false;
  }
});
