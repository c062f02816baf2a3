/**
 * The card form in the stand-in's frame. It is started by the page around it, over a channel that only the two have,
 * and speaks to the stand-in's API with the publishable key, as Stripe's frame does.
 *
 * @typedef {import('@stripe/stripe-js').StripeError} StripeError
 * @typedef {import('./played').FrameResult} FrameResult
 * @typedef {import('./played').ToFrame} ToFrame
 * @typedef {import('./played').FromFrame} FromFrame
 */
'use strict';

const form = /** @type {HTMLFormElement} */ (document.querySelector('form'));

/** Which of the appearance's variables are played, and which property of card.css each one sets. */
const properties = {
  colorPrimary: '--primary',
  colorBackground: '--background',
  colorText: '--text',
  colorDanger: '--danger',
  colorTextPlaceholder: '--placeholder',
  fontFamily: '--family',
  fontSizeBase: '--size',
  borderRadius: '--radius',
};
const questions = {
  number: {code: 'incomplete_number', message: 'Your card number is incomplete.', whole: /^(\d[\s-]*){12,19}$/},
  expiry: {code: 'incomplete_expiry', message: 'Your card’s expiry date is incomplete.', whole: /^\s*(\d{1,2})\s*\/?\s*(\d{4}|\d{2})\s*$/},
  cvc: {code: 'incomplete_cvc', message: 'Your card’s security code is incomplete.', whole: /^\s*\d{3,4}\s*$/},
};
/** Which field Stripe means by the `param` of its error. */
const fieldOf = /** @type {Record<string, Name>} */ ({number: 'number', exp_month: 'expiry', exp_year: 'expiry', cvc: 'cvc'});

/** @typedef {keyof typeof questions} Name */

const names = /** @type {Name[]} */ (Object.keys(questions));

/** @param {string} name */
function input(name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

/** @param {Name} name @param {string} message */
function mark(name, message) {
  const told = /** @type {HTMLElement} */ (document.getElementById(`${name}-problem`));
  told.textContent = message;
  told.hidden = !message;
  input(name).ariaInvalid = message ? 'true' : null;
}

/** Marks what is incomplete, and says the first of it. @returns {FrameResult} */
function check() {
  /** @type {StripeError | undefined} */
  let error;
  for (const name of names) {
    const {code, message, whole} = questions[name];
    const isWhole = whole.test(input(name).value);
    mark(name, isWhole ? '' : message);
    if (!isWhole && !error) {
      error = {type: 'validation_error', code, message};
      input(name).focus();
    }
  }
  return error ? {error} : {};
}

/** @param {string} path @param {Record<string, string>} fields @returns {Promise<any>} */
async function post(path, fields) {
  const answer = await fetch(path, {method: 'POST', body: new URLSearchParams(fields)});
  const body = await answer.json();
  if (!answer.ok) throw body.error;
  return body;
}

/** @param {import('./played').Start} start @param {string} returnUrl @returns {Promise<FrameResult>} */
async function confirm(start, returnUrl) {
  const incomplete = check();
  if (incomplete.error) return incomplete;
  const [, month = '', year = ''] = questions.expiry.whole.exec(input('expiry').value) ?? [];
  const intent = start.clientSecret.split('_secret_')[0];
  try {
    const method = await post('/v1/payment_methods', {
      key: start.key,
      type: 'card',
      'card[number]': input('number').value,
      'card[exp_month]': month,
      'card[exp_year]': year,
      'card[cvc]': input('cvc').value.trim(),
    });
    const paymentIntent = await post(`/v1/payment_intents/${intent}/confirm`, {
      key: start.key,
      client_secret: start.clientSecret,
      payment_method: method.id,
      return_url: returnUrl,
      use_stripe_sdk: 'true',
    });
    return {paymentIntent};
  } catch (problem) {
    return {error: refusal(problem)};
  }
}

/** Stripe's own error with its field marked; anything else is a connection that was lost. @param {any} problem */
function refusal(problem) {
  if (!problem?.type) return /** @type {StripeError} */ ({type: 'api_connection_error', message: 'No answer came.'});
  const field = fieldOf[problem.param];
  if (field) mark(field, problem.message);
  return /** @type {StripeError} */ (problem);
}

/** @param {import('@stripe/stripe-js').Appearance} appearance */
function look(appearance) {
  const variables = /** @type {Record<string, string | undefined>} */ (appearance.variables ?? {});
  for (const [name, property] of Object.entries(properties)) {
    document.documentElement.style.setProperty(property, variables[name] ?? '');
  }
}

/** Fonts of the page around, loaded here as well. A frame has none of its page's. @param {import('@stripe/stripe-js').CustomFontSource} font */
async function load({family = '', src = '', weight = '400'}) {
  document.fonts.add(await new FontFace(family, src, {weight}).load());
}

/** @param {import('./played').Start} start @param {MessagePort} port */
function begin(start, port) {
  const say = (/** @type {FromFrame} */ message) => port.postMessage(message);
  const measure = () => say({kind: 'height', pixels: Math.ceil(document.body.getBoundingClientRect().height)});
  look(start.appearance);
  // Without its font the form is as good: Stripe's is shown all the same too.
  Promise.allSettled(start.fonts.map(load)).then(measure);
  port.onmessage = async ({data}) => {
    const message = /** @type {ToFrame} */ (data);
    if (message.kind === 'look') look(message.appearance);
    if (message.kind === 'focus') input(names.find((name) => input(name).ariaInvalid === 'true') ?? 'number').focus();
    if (message.kind === 'blur' && document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (message.kind === 'clear') form.reset();
    if (message.kind === 'submit') say({kind: 'answer', call: message.call, result: check()});
    if (message.kind === 'confirm') {
      say({kind: 'answer', call: message.call, result: await confirm(start, message.returnUrl)});
    }
  };
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('focusin', () => say({kind: 'focus'}));
  form.addEventListener('focusout', () => say({kind: 'blur'}));
  new ResizeObserver(measure).observe(document.body);
  measure();
  say({kind: 'ready'});
}

window.addEventListener('message', (event) => {
  if (event.source === window.parent && event.ports[0]) begin(event.data, event.ports[0]);
}, {once: true});
