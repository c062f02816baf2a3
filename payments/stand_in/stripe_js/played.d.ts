/**
 * What the stand-in plays of Stripe.js, and the proof that Stripe.js is so: the last lines do not compile when a
 * signature here differs from the one that @stripe/stripe-js publishes. Nothing of this reaches a browser.
 */
import type {
  Appearance,
  ConfirmPaymentData,
  CustomFontSource,
  PaymentIntentResult,
  Stripe,
  StripeElements,
  StripeElementsOptionsClientSecret,
  StripeElementsUpdateOptions,
  StripeError,
  StripePaymentElement,
  StripePaymentElementOptions,
} from '@stripe/stripe-js';

export interface PlayedElement {
  mount(place: string | HTMLElement): void;
  unmount(): void;
  destroy(): void;
  focus(): void;
  blur(): void;
  clear(): void;
  on(kind: 'ready' | 'focus' | 'blur', handler: (event: {elementType: 'payment'}) => any): PlayedElement;
  on(
    kind: 'loaderror',
    handler: (event: {elementType: 'payment'; error: StripeError}) => any
  ): PlayedElement;
}

export interface PlayedElements {
  create(kind: 'payment', options?: StripePaymentElementOptions): PlayedElement;
  getElement(kind: 'payment'): PlayedElement | null;
  update(options: StripeElementsUpdateOptions): Promise<void>;
  submit(): Promise<
    | {error?: StripeError; selectedPaymentMethod?: undefined}
    | {selectedPaymentMethod: string; error?: undefined}
  >;
}

export interface PlayedStripe {
  elements(options?: StripeElementsOptionsClientSecret): PlayedElements;
  confirmPayment(options: {
    elements: PlayedElements;
    confirmParams?: Partial<ConfirmPaymentData>;
    redirect: 'if_required';
  }): Promise<PaymentIntentResult>;
  retrievePaymentIntent(clientSecret: string): Promise<PaymentIntentResult>;
}

/** How the script on the page and the card form in the frame talk, over a channel of their own. */
export type ToFrame =
  | {kind: 'look'; appearance: Appearance}
  | {kind: 'focus' | 'blur' | 'clear'}
  | {kind: 'submit'; call: number}
  | {kind: 'confirm'; call: number; returnUrl: string};

export type FromFrame =
  | {kind: 'ready' | 'focus' | 'blur'}
  | {kind: 'height'; pixels: number}
  | {kind: 'answer'; call: number; result: FrameResult};

/** An error, or with none of it: everything is filled in, or the intent as Stripe has it now. */
export interface FrameResult {
  error?: StripeError;
  paymentIntent?: Record<string, any>;
}

/** What the frame is started with. */
export interface Start {
  key: string;
  clientSecret: string;
  appearance: Appearance;
  fonts: CustomFontSource[];
}

type Agrees<Real extends Played, Played> = Real;
type Proof = [
  Agrees<StripePaymentElement, PlayedElement>,
  Agrees<StripeElements, PlayedElements>,
  Agrees<Stripe, PlayedStripe>,
];
