/**
 * The Authorization header. Tenants differ in whether its values are quoted (`docs/api.md`,
 * "Requests"). The first request finds out which form works, at the cost of one more request at
 * most, and the form is remembered.
 */

import { ApiError } from '../errors.js';

/** How the values are written in the header: `token="…"` or `token=…`. */
export type Form = 'quoted' | 'unquoted';

/** Returns the value of the Authorization header. */
export function authorization(form: Form, token: string, name: string | undefined): string {
  const quote = form === 'quoted' ? '"' : '';
  const parts = [`token=${quote}${token}${quote}`];
  if (name !== undefined) parts.push(`name=${quote}${name}${quote}`);
  return `Token ${parts.join(', ')}`;
}

export function otherForm(form: Form): Form {
  return form === 'quoted' ? 'unquoted' : 'quoted';
}

/** A form of the header, and the error that a request with it ended in. */
export interface FailedForm {
  readonly form: Form;
  readonly error: ApiError;
}

/** Statuses that a header in the wrong form may cause. */
const STATUSES_OF_WRONG_FORM = new Set([400, 401, 403, 422]);

/** Finds out which form of the header the API accepts. */
export class FormFinder {
  #form: Form;
  #proven = false;
  readonly #remembered: Form | undefined;
  readonly #onFound: (form: Form) => void;

  /**
   * @param remembered the form that worked in an earlier run
   * @param onFound called once, when a form other than `remembered` has worked
   */
  constructor(remembered: Form | undefined, onFound: (form: Form) => void) {
    this.#form = remembered ?? 'quoted';
    this.#remembered = remembered;
    this.#onFound = onFound;
  }

  /** The form to send requests with. */
  get form(): Form {
    return this.#form;
  }

  /** Whether a form has worked in this run. */
  get proven(): boolean {
    return this.#proven;
  }

  /**
   * Whether the form of the header may be the cause of this status.
   *
   * @param isSecond whether the same request has already failed in the other form. Then every 4xx
   *   counts
   */
  mayDependOnForm(status: number, isSecond: boolean): boolean {
    if (this.#proven) return false;
    return isSecond ? status >= 400 && status < 500 : STATUSES_OF_WRONG_FORM.has(status);
  }

  /** Notes that the API has accepted this form. */
  confirm(form: Form): void {
    if (this.#proven) return;
    this.#proven = true;
    this.#form = form;
    if (form !== this.#remembered) this.#onFound(form);
  }

  /**
   * Decides what it means that one request failed in both forms. If only one of them got a 401, the
   * other form is the right one, and is confirmed.
   *
   * @returns the error of the request
   */
  compare(first: FailedForm, second: FailedForm): ApiError {
    const accepted = [first, second].filter(({ error }) => error.fault !== 'unauthorized');
    const [only] = accepted;
    if (only === undefined || accepted.length > 1) return (only ?? first).error;
    this.confirm(only.form);
    return only.error.status === 403 ? only.error : withTokenHint(only.error);
  }
}

/** The error seems to be one of the request, but a wrong token could have the same effect. */
function withTokenHint({ message, fault, status }: ApiError): ApiError {
  return new ApiError(
    `${message}; with the other form of the Authorization header the API responded with HTTP ` +
      '401, so if other streams fail too, check api_token and api_token_name',
    fault,
    { status },
  );
}
