/**
 * The payment step: Stripe's Payment Element in the place of "Continue to Stripe to pay". Card details go from its
 * frame to Stripe and are never seen here. Without this script, or when Stripe.js does not come, the page leads to
 * Stripe's own page as before.
 *
 * What became of a payment is never concluded from a missing answer: the server asks Stripe, and until it knows, nobody
 * is invited to pay again.
 *
 * @typedef {import("@stripe/stripe-js").Stripe} Stripe
 * @typedef {import("@stripe/stripe-js").StripeElements} StripeElements
 * @typedef {import("@stripe/stripe-js").StripeError} StripeError
 * @typedef {{client_secret?: string, go?: string}} Opened what to pay with, or where to go instead
 * @typedef {{held_until: string, ends: number}} Held until when the places are kept: a clock time, and seconds since 1970
 * @typedef {{outcome: string, not_charged: string} & Held} Answer what our server knows after asking Stripe
 */

const PATIENCE_MS = 20_000;
const WARNING_MS = 4 * 60_000;
const WAITS_SECONDS = [2, 4, 8, 15, 30];

/** @param {string} name */
function part(name) {
  const found = document.querySelector(`[data-part="${name}"]`);
  if (!(found instanceof HTMLElement)) throw new Error(`The page has no part ${name}.`);
  return found;
}

/** @param {string} address @returns {Promise<import("@stripe/stripe-js").StripeConstructor>} */
function loadStripe(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => (window.Stripe ? resolve(window.Stripe) : reject(new Error("That was not Stripe.js.")));
    script.onerror = () => reject(new Error("Stripe.js did not come."));
    document.head.append(script);
  });
}

/** For what comes from elsewhere, or never. @template T @param {Promise<T>} promise @returns {Promise<T>} */
function inTime(promise) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("It took too long.")))]);
}

/** The design's tokens, in Stripe's words. @returns {import("@stripe/stripe-js").Appearance} */
function appearance() {
  const style = getComputedStyle(document.documentElement);
  const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe",
    variables: {
      colorPrimary: token("--beacon"),
      colorBackground: token("--field"),
      colorText: token("--ink"),
      colorTextSecondary: token("--muted"),
      colorTextPlaceholder: token("--muted"),
      colorDanger: token("--brick"),
      fontFamily: token("--font"),
      fontSizeBase: token("--body"),
      borderRadius: token("--radius"),
    },
    rules: {
      ".Input": {border: `2px solid ${token("--control")}`, boxShadow: "none"},
      ".Label": {fontWeight: "700", fontSize: token("--body")},
    },
  };
}

/** The frame of the form has no fonts but those it is given. @returns {import("@stripe/stripe-js").CustomFontSource[]} */
function fonts() {
  const font = document.querySelector('link[rel="preload"][as="font"]');
  const family = getComputedStyle(document.body).fontFamily.split(",")[0]?.replaceAll('"', "");
  return font instanceof HTMLLinkElement ? [{family, src: `url("${font.href}")`, weight: "400 800"}] : [];
}

/** Waits so long, or until the connection is back. @param {number} seconds */
function pause(seconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000);
    window.addEventListener("online", resolve, {once: true});
  });
}

/** Whether Stripe says for certain that this attempt took no money. @param {StripeError} error */
function isRefusal({type, code}) {
  return type === "card_error" || code === "payment_intent_authentication_failure";
}

class PaymentStep {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.addresses = form.dataset;
    this.title = document.title.replace(/^Error: /, "");
    this.button = part("button");
    /** @type {"page" | "opening" | "form" | "paying"} Which way to pay the button stands for just now. */
    this.state = "page";
    this.opening = Promise.resolve();
    this.clientSecret = "";
    /** @type {Stripe | undefined} */
    this.stripe = undefined;
    /** @type {StripeElements | undefined} */
    this.elements = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.warning = undefined;
    this.warnBefore(Number(form.dataset.ends));
    form.addEventListener("submit", (event) => this.submitted(event));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.elements?.update({appearance: appearance()});
    });
    part("more-time").addEventListener("submit", (event) => this.extend(event));
    part("problem-link").addEventListener("click", (event) => {
      event.preventDefault();
      this.elements?.getElement("payment")?.focus();
    });
  }

  begin() {
    this.state = "opening";
    this.opening = this.open().catch((error) => {
      console.warn("The card form can’t be shown:", error);
      this.leaveToPage();
    });
  }

  /** Opens the form, and shows it as soon as it can be typed in. */
  async open() {
    const Stripe = await inTime(loadStripe(this.addresses.stripeJs ?? ""));
    this.stripe ??= Stripe(this.addresses.key ?? "");
    await this.mount(await this.askForSecret());
  }

  /** @param {string} clientSecret */
  async mount(clientSecret) {
    if (!this.stripe) return;
    this.clientSecret = clientSecret;
    this.elements?.getElement("payment")?.destroy();
    this.elements = this.stripe.elements({clientSecret, appearance: appearance(), fonts: fonts()});
    const element = this.elements.create("payment", {layout: "tabs"});
    part("panel").hidden = false;
    const ready = new Promise((resolve, reject) => {
      element.on("ready", resolve);
      element.on("loaderror", ({error}) => reject(new Error(error.message)));
      element.mount(part("slot"));
    });
    await inTime(ready);
    this.state = "form";
    this.show({form: true});
    this.button.textContent = this.addresses.pay ?? "";
  }

  /** Stripe's own page it is, as without this script. */
  leaveToPage() {
    this.state = "page";
    this.show({form: false});
    this.button.textContent = this.addresses.continue ?? "";
  }

  /** @param {{form: boolean}} what the form on this page, or the way to Stripe's page */
  show({form}) {
    part("loading").hidden = true;
    part("panel").hidden = part("other-way").hidden = !form;
    part("on-their-page").hidden = form;
  }

  /** @param {SubmitEvent} event */
  submitted(event) {
    if (this.state === "page" || (this.state === "form" && event.submitter !== this.button)) return;
    event.preventDefault();
    if (this.state === "form") this.pay();
    // Two ways must not be opened at once: whoever is quicker than the form goes to Stripe's page after it.
    if (this.state === "opening") this.opening.finally(() => this.form.submit());
  }

  async pay() {
    if (!this.stripe || !this.elements) return;
    this.setBusy(true);
    const incomplete = await this.elements.submit();
    if (incomplete.error) return this.sendBack(incomplete.error);
    let clientSecret;
    try {
      // The order may have lapsed, or another tab may have opened another way, since this form was opened.
      clientSecret = await this.askForSecret();
    } catch {
      return this.refuse("We can’t reach our payment service", "Nothing was sent and you have not been charged. Try again in a minute.");
    }
    if (clientSecret !== this.clientSecret) {
      await this.mount(clientSecret).catch(() => this.leaveToPage());
      return this.refuse("This form had been closed in another tab", "You have not been charged. Type your card details again.");
    }
    const confirmParams = {return_url: new URL(this.addresses.back ?? "", location.href).href};
    /** @type {{error?: StripeError}} */
    const {error} = await this.stripe
      .confirmPayment({elements: this.elements, confirmParams, redirect: "if_required"})
      .catch(() => ({error: {type: "api_connection_error"}}));
    if (!error) return this.goBack();
    if (error.type === "validation_error") return this.sendBack(error);
    return isRefusal(error) ? this.refused(error) : this.settleDoubt();
  }

  /** The bank said no. Our server hears it from Stripe and keeps the places a little longer. @param {StripeError} error */
  async refused(error) {
    const unknown = {outcome: "open", not_charged: "You have not been charged.", held_until: "", ends: 0};
    /** @type {Answer} */
    const answer = await this.post("ask").catch(() => unknown);
    if (answer.outcome !== "open") return this.goBack();
    this.showTimes(answer);
    const isDeclined = error.type === "card_error";
    const what = isDeclined ? "Your bank declined that card" : "Your bank could not confirm that it was you";
    const then = isDeclined ? "Check the details, or try a different card." : "Try again, or use a different card.";
    this.refuse(what, `${answer.not_charged} ${then}`, `${what}. You have not been charged`);
  }

  /** An answer was lost on the way: only Stripe knows, and our server asks until it knows too. */
  async settleDoubt() {
    this.clearProblem();
    this.form.hidden = true;
    part("doubt").hidden = false;
    part("doubt").focus();
    document.title = `We don’t know yet – ${this.title}`;
    const answer = await this.askUntilKnown();
    if (answer.outcome !== "open") return this.goBack();
    part("doubt").hidden = true;
    this.form.hidden = false;
    await this.askForSecret()
      .then((clientSecret) => this.mount(clientSecret))
      .catch(() => this.leaveToPage());
    this.showTimes(answer);
    this.refuse("That payment did not go through", `${answer.not_charged} You can pay again now.`);
  }

  /** @returns {Promise<Answer>} */
  async askUntilKnown() {
    for (let turn = 0; ; turn += 1) {
      try {
        return await this.post("ask", {doubt: "1"});
      } catch {
        await pause(WAITS_SECONDS[turn] ?? 30);
      }
    }
  }

  /** What to pay with. When there is nothing to pay here any more, this page is left and nothing comes. */
  async askForSecret() {
    /** @type {Opened} */
    const {client_secret, go} = await this.post("open");
    if (client_secret) return client_secret;
    location.replace(go ?? location.href);
    return new Promise(() => {});
  }

  /** More time in place: what was typed into the card form stays. @param {SubmitEvent} event */
  async extend(event) {
    const form = part("more-time");
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    const body = new URLSearchParams({csrfmiddlewaretoken: this.token()});
    try {
      const answer = await fetch(form.action, {method: "POST", body, headers: {Accept: "application/json"}});
      /** @type {Held} */
      const held = await answer.json();
      this.showTimes(held);
      part("news").textContent = `We’re holding your places until ${held.held_until} now.`;
    } catch {
      form.submit();
    }
  }

  token() {
    return String(new FormData(this.form).get("csrfmiddlewaretoken"));
  }

  /** @param {"open" | "ask"} what @param {Record<string, string>} fields @returns {Promise<any>} */
  async post(what, fields = {}) {
    const body = new URLSearchParams({csrfmiddlewaretoken: this.token(), ...fields});
    const address = this.addresses[what] ?? "";
    const answer = await fetch(address, {method: "POST", body, signal: AbortSignal.timeout(PATIENCE_MS)});
    if (!answer.ok) throw new Error(`Our server answered ${answer.status}.`);
    return answer.json();
  }

  /** The page that asks Stripe and shows the truth. */
  goBack() {
    location.assign(this.addresses.back ?? "");
  }

  /** Until when the places are kept by now; a refusal gives some minutes more. @param {Held} held */
  showTimes({held_until, ends}) {
    if (!held_until) return;
    for (const time of document.querySelectorAll("[data-held-until]")) time.textContent = held_until;
    this.warnBefore(ends);
  }

  /** Says once, a few minutes before, that the places are not kept for much longer. @param {number} ends */
  warnBefore(ends) {
    clearTimeout(this.warning);
    const left = ends * 1000 - Date.now();
    if (left <= 0) return;
    part("warning").hidden = true;
    this.warning = setTimeout(() => (part("warning").hidden = false), Math.max(left - WARNING_MS, 0));
  }

  /** Something is not filled in: Stripe's form says what, beside the field. @param {StripeError} error */
  sendBack({message}) {
    this.refuse(message ?? "", "");
    this.elements?.getElement("payment")?.focus();
  }

  /** Says what went wrong, above and, where the card is the matter, at the form. @param {string} what @param {string} then @param {string} atForm */
  refuse(what, then, atForm = "") {
    this.setBusy(false);
    part("problem-link").textContent = what;
    part("problem-text").textContent = then;
    part("field-problem-text").textContent = atForm;
    part("field-problem").hidden = !atForm;
    part("problem").hidden = false;
    document.title = `Error: ${this.title}`;
    part("problem").focus();
  }

  clearProblem() {
    part("field-problem").hidden = part("problem").hidden = true;
    document.title = this.title;
  }

  /** @param {boolean} isBusy */
  setBusy(isBusy) {
    if (isBusy) this.clearProblem();
    this.state = isBusy ? "paying" : this.state === "paying" ? "form" : this.state;
    if (isBusy) this.button.setAttribute("aria-busy", "true");
    else this.button.removeAttribute("aria-busy");
    if (this.state === "page") return;
    this.button.textContent = (isBusy ? this.addresses.paying : this.addresses.pay) ?? "";
  }
}

const form = document.querySelector("form[data-stripe-js]");
if (form instanceof HTMLFormElement) new PaymentStep(form).begin();
// What a page remembers from before it was left may be paid by now.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
