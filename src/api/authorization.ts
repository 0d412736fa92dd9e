/**
 * The Authorization header. Tenants differ in whether the values stand in quotes (`docs/api.md`, "Requests"), so the form is
 * found out with the first request and remembered; that costs one more request at most.
 */

import { ApiError } from '../errors.js';

/** How the values stand in the header: `token="…"` or `token=…`. */
export type Form = 'quoted' | 'unquoted';

/** The header's value. */
export function authorization(form: Form, token: string, name: string | undefined): string {
  const quote = form === 'quoted' ? '"' : '';
  const parts = [`token=${quote}${token}${quote}`];
  if (name !== undefined) parts.push(`name=${quote}${name}${quote}`);
  return `Token ${parts.join(', ')}`;
}

export function otherForm(form: Form): Form {
  return form === 'quoted' ? 'unquoted' : 'quoted';
}

/** A request that was refused in one form. */
export interface Refusal {
  readonly form: Form;
  readonly fault: ApiError;
}

/** Statuses with which a header in the wrong form may be answered. */
const DOUBTFUL = new Set([400, 401, 403, 422]);

/** Finds out which form the API takes. */
export class FormFinder {
  #form: Form;
  #proven = false;
  readonly #remembered: Form | undefined;
  readonly #found: (form: Form) => void;

  /**
   * @param remembered the form that worked in an earlier run
   * @param found told once, when a form has worked that was not remembered
   */
  constructor(remembered: Form | undefined, found: (form: Form) => void) {
    this.#form = remembered ?? 'quoted';
    this.#remembered = remembered;
    this.#found = found;
  }

  /** The form to ask with. */
  get form(): Form {
    return this.#form;
  }

  /** Whether a form has worked in this run. */
  get proven(): boolean {
    return this.#proven;
  }

  /**
   * Whether this status has to do with the form of the header: it may be due to it, or it is what the other form is answered
   * with after a first refusal.
   */
  isInDoubt(status: number, isSecond: boolean): boolean {
    return !this.#proven && (isSecond ? status >= 400 && status < 500 : DOUBTFUL.has(status));
  }

  /** The API took this form. */
  worked(form: Form): void {
    if (this.#proven) return;
    this.#proven = true;
    this.#form = form;
    if (form !== this.#remembered) this.#found(form);
  }

  /**
   * What two refusals of one request, in both forms, mean together: a 401 says that the form is not taken, anything else
   * beside a 401 that it is.
   */
  judge(first: Refusal, second: Refusal): ApiError {
    const taken = [first, second].filter(({ fault }) => fault.fault !== 'unauthorized');
    const [only] = taken;
    if (only === undefined || taken.length > 1) return (only ?? first).fault;
    this.worked(only.form);
    return only.fault.status === 403 ? only.fault : orOfToken(only.fault);
  }
}

/** A fault of the request, as it seems; but a token that is wrong could look so as well, and the message says so. */
function orOfToken({ message, fault, status }: ApiError): ApiError {
  return new ApiError(
    `${message}; with the other form of the Authorization header the API responded with HTTP 401, so if other streams fail too, check api_token and api_token_name`,
    fault,
    { status },
  );
}
