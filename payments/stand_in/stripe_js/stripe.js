/**
 * Stripe.js as the stand-in plays it: the Payment Element for cards, in a frame of the stand-in's own origin, so that
 * card numbers never reach the page's. `played.d.ts` says what of Stripe.js is here, and proves that its signatures
 * agree. Anything else throws: it is never quietly ignored.
 *
 * @typedef {import('@stripe/stripe-js').StripeError} StripeError
 * @typedef {import('@stripe/stripe-js').PaymentIntentResult} PaymentIntentResult
 * @typedef {import('./played').PlayedElement} PlayedElement
 * @typedef {import('./played').PlayedElements} PlayedElements
 * @typedef {import('./played').PlayedStripe} PlayedStripe
 * @typedef {import('./played').FrameResult} FrameResult
 */
'use strict';

(() => {
  const origin = new URL(/** @type {HTMLScriptElement} */ (document.currentScript).src).origin;
  const options = new Set(['clientSecret', 'appearance', 'fonts']);

  /** @param {string} what @returns {never} */
  function refuse(what) {
    throw new Error(`The Stripe stand-in does not play ${what}. The real Stripe.js may.`);
  }

  /** @param {object} given @param {Set<string>} known @param {string} where */
  function refuseUnknown(given, known, where) {
    for (const name of Object.keys(given)) {
      if (!known.has(name)) refuse(`the option ${name} of ${where}`);
    }
  }

  /** @param {string} clientSecret */
  function intentOf(clientSecret) {
    const match = /^(pi_\w+)_secret_\w+$/.exec(clientSecret);
    return match ? match[1] : refuse('this clientSecret');
  }

  /**
   * The intent as Stripe has it now, or what went wrong.
   *
   * @param {string} key @param {string} clientSecret @returns {Promise<FrameResult>}
   */
  async function fetchIntent(key, clientSecret) {
    const query = new URLSearchParams({key, client_secret: clientSecret});
    try {
      const answer = await fetch(`${origin}/v1/payment_intents/${intentOf(clientSecret)}?${query}`);
      const body = await answer.json();
      return answer.ok ? {paymentIntent: body} : {error: body.error};
    } catch {
      return {error: lostConnection()};
    }
  }

  /** @returns {StripeError} */
  function lostConnection() {
    return {type: 'api_connection_error', message: 'We are experiencing issues connecting to our payments provider.'};
  }

  /**
   * 3-D Secure in place: the bank's page in a frame over this one, until the intent waits for it no more.
   *
   * @param {string} address @param {() => Promise<FrameResult>} look @returns {Promise<FrameResult>}
   */
  function challenge(address, look) {
    const dialog = document.createElement('dialog');
    dialog.setAttribute('aria-label', 'Your bank asks');
    Object.assign(dialog.style, {width: 'min(34rem, 95vw)', height: '30rem', padding: '0', border: '0'});
    const frame = document.createElement('iframe');
    frame.title = 'Your bank asks';
    frame.src = address;
    Object.assign(frame.style, {width: '100%', height: '100%', border: '0'});
    dialog.append(frame);
    document.body.append(dialog);
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    dialog.showModal();
    return new Promise((resolve) => {
      frame.addEventListener('load', async () => {
        const now = await look();
        if (now.paymentIntent?.status === 'requires_action') return;
        dialog.remove();
        resolve(now);
      });
    });
  }

  /** The frame with the card form, and the channel to it. */
  class Card {
    /** @param {import('./played').Start} start */
    constructor(start) {
      this.start = start;
      /** @type {Map<string, Array<(event: any) => any>>} */
      this.handlers = new Map();
      /** @type {Map<number, (result: FrameResult) => void>} */
      this.calls = new Map();
      this.port = new MessageChannel().port1;
      /** @type {HTMLIFrameElement | null} */
      this.frame = null;
      this.isReady = false;
    }

    /** @param {string | HTMLElement} place */
    mount(place) {
      const box = typeof place === 'string' ? document.querySelector(place) : place;
      if (!(box instanceof HTMLElement)) refuse('mounting where nothing is');
      const {port1, port2} = new MessageChannel();
      this.port = port1;
      this.port.onmessage = (event) => this.hear(event.data);
      const frame = document.createElement('iframe');
      frame.title = 'Secure payment input frame';
      frame.src = `${origin}/js/card`;
      Object.assign(frame.style, {display: 'block', width: '100%', height: '1px', border: '0'});
      frame.addEventListener('load', () => frame.contentWindow?.postMessage(this.start, origin, [port2]), {once: true});
      frame.addEventListener('error', () => this.tell('loaderror', {error: lostConnection()}));
      box.replaceChildren(frame);
      this.frame = frame;
    }

    /** @param {import('./played').FromFrame} message */
    hear(message) {
      if (message.kind === 'height') {
        if (this.frame) this.frame.style.height = `${message.pixels}px`;
      } else if (message.kind === 'answer') {
        this.calls.get(message.call)?.(message.result);
        this.calls.delete(message.call);
      } else {
        this.isReady ||= message.kind === 'ready';
        this.tell(message.kind, {});
      }
    }

    /** @param {string} kind @param {object} details */
    tell(kind, details) {
      for (const handler of this.handlers.get(kind) ?? []) handler({elementType: 'payment', ...details});
    }

    /** @param {import('./played').ToFrame} message */
    say(message) {
      this.port.postMessage(message);
    }

    /** @param {(call: number) => import('./played').ToFrame} message @returns {Promise<FrameResult>} */
    ask(message) {
      if (!this.isReady) refuse('a Payment Element that is not ready');
      const call = this.calls.size + Date.now();
      return new Promise((resolve) => {
        this.calls.set(call, resolve);
        this.say(message(call));
      });
    }

    unmount() {
      this.frame?.remove();
      this.frame = null;
      this.isReady = false;
    }

    /** @returns {PlayedElement} */
    element() {
      /** @type {PlayedElement} */
      const played = {
        mount: (place) => this.mount(place),
        unmount: () => this.unmount(),
        destroy: () => this.unmount(),
        focus: () => {
          this.frame?.focus();
          this.say({kind: 'focus'});
        },
        blur: () => this.say({kind: 'blur'}),
        clear: () => this.say({kind: 'clear'}),
        on: (/** @type {string} */ kind, /** @type {(event: any) => any} */ handler) => {
          if (!['ready', 'focus', 'blur', 'loaderror'].includes(kind)) refuse(`the event ${kind}`);
          this.handlers.set(kind, [...(this.handlers.get(kind) ?? []), handler]);
          return played;
        },
      };
      return played;
    }
  }

  /** Which card and which secret an Elements object has: confirmPayment is given only the object. */
  const behind = /** @type {WeakMap<object, {card: Card, clientSecret: string}>} */ (new WeakMap());

  /** @param {string} key @param {import('@stripe/stripe-js').StripeElementsOptionsClientSecret} given @returns {PlayedElements} */
  function makeElements(key, given) {
    refuseUnknown(given, options, 'elements()');
    const clientSecret = given.clientSecret ?? refuse('elements() without a clientSecret');
    intentOf(clientSecret);
    const fonts = (given.fonts ?? []).map((font) => ('cssSrc' in font ? refuse('fonts by cssSrc') : font));
    const card = new Card({key, clientSecret, appearance: given.appearance ?? {}, fonts});
    /** @type {PlayedElement | null} */
    let element = null;
    /** @type {PlayedElements} */
    const elements = {
      create: (kind, settings = {}) => {
        if (kind !== 'payment') refuse(`the Element ${kind}`);
        refuseUnknown(settings, new Set(['layout']), "create('payment')");
        if (element) throw new Error('Can only create one Element of type payment through this Elements instance.');
        element = card.element();
        return element;
      },
      getElement: () => element,
      update: async (changed) => {
        refuseUnknown(changed, new Set(['appearance']), 'update()');
        if (changed.appearance) card.say({kind: 'look', appearance: changed.appearance});
      },
      submit: async () => {
        const {error} = await card.ask((call) => ({kind: 'submit', call}));
        return error ? {error} : {selectedPaymentMethod: 'card'};
      },
    };
    behind.set(elements, {card, clientSecret});
    return elements;
  }

  /** @param {FrameResult} result @returns {PaymentIntentResult} */
  function outcomeOf({error, paymentIntent}) {
    if (error) return {error};
    const intent = /** @type {import('@stripe/stripe-js').PaymentIntent} */ (paymentIntent);
    const problem = /** @type {StripeError | null} */ (/** @type {unknown} */ (intent.last_payment_error));
    return intent.status === 'requires_payment_method' && problem
      ? {error: {...problem, payment_intent: intent}}
      : {paymentIntent: intent};
  }

  /** @param {string} key @returns {PlayedStripe} */
  function makeStripe(key) {
    if (!/^pk_(test|live)_/.test(key)) throw new Error('Please call Stripe() with your publishable key.');
    return {
      elements: (given = {}) => makeElements(key, given),
      confirmPayment: async ({elements, confirmParams = {}, redirect}) => {
        if (redirect !== 'if_required') refuse(`redirect: ${redirect}`);
        refuseUnknown(confirmParams, new Set(['return_url']), 'confirmParams');
        const returnUrl = confirmParams.return_url ?? refuse('confirmPayment() without a return_url');
        const {card, clientSecret} = behind.get(elements) ?? refuse('Elements of somebody else');
        let result = await card.ask((call) => ({kind: 'confirm', call, returnUrl}));
        const action = result.paymentIntent?.next_action;
        if (result.paymentIntent?.status === 'requires_action') {
          result = await challenge(action.use_stripe_sdk.stripe_js, () => fetchIntent(key, clientSecret));
        }
        return outcomeOf(result);
      },
      retrievePaymentIntent: async (clientSecret) => {
        const {error, paymentIntent} = await fetchIntent(key, clientSecret);
        return error ? {error} : outcomeOf({paymentIntent: {...paymentIntent, last_payment_error: null}});
      },
    };
  }

  /** @type {{Stripe?: (key: string) => PlayedStripe}} */ (/** @type {unknown} */ (window)).Stripe = makeStripe;
})();
