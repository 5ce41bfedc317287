/**
 * The few pages of the browser console that are not the console: signing in, and what goes wrong with it. They
 * work without scripts.
 */
import { escapeHtml, page } from './page-frame';
import { signInPath } from './request-guard';

/** Opens the console from a page of our own: a redirect would still count as the foreign site's navigation, without the cookie. */
export const signedInPage = page(
  'Signed in',
  '<p>Signed in. <a href="/">Open the console</a></p>',
  '<meta http-equiv="refresh" content="0; url=/">',
);

const oneTimeAddress = `<p>Print one on the computer that Mailroot runs on:</p>
<pre>mailroot console</pre>
<p class="note">Add <code>--data</code> and the data folder when it is not the usual one; from a clone, the command is
<code>node dist/service/mailroot.cjs console</code>. The service also prints an address when it starts. An address can be used
once, within ten minutes, and makes you administrator.</p>`;

export interface SignInFacts {
  /** There is somebody to sign in with a name and a password. */
  readonly hasOperators: boolean;
  /** What was entered before. */
  readonly name?: string;
  /** What was wrong with it. */
  readonly fault?: string;
  /** Who this browser is signed in as already. */
  readonly signedInAs?: string;
}

/** The form for name and password; without operators, only how to sign in without them. */
export function signInPage({ hasOperators, name = '', fault, signedInAs }: SignInFacts): string {
  const signedIn =
    signedInAs === undefined
      ? ''
      : `<p>You are signed in as ${escapeHtml(signedInAs)}. <a href="/">Open the console</a></p>`;
  const error =
    fault === undefined ? '' : `<p class="fault" id="fault" role="alert">${escapeHtml(fault)}</p>`;
  const described = fault === undefined ? '' : ' aria-describedby="fault" aria-invalid="true"';
  const focusAt = (field: 'name' | 'password'): string =>
    (name === '' ? 'name' : 'password') === field ? ' autofocus' : '';
  const form = `<form method="post" action="${signInPath}">
${error}
<label for="name">Name</label>
<input id="name" name="name" type="text" autocomplete="username" autocapitalize="none" spellcheck="false"
 required maxlength="255" value="${escapeHtml(name)}"${described}${focusAt('name')}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="1000"${described}${focusAt('password')}>
<button type="submit">Sign In</button>
</form>
<details>
<summary>Sign in with a one-time address</summary>
${oneTimeAddress}
</details>`;
  const hint = `<p>To sign in, open a one-time sign-in address. ${oneTimeAddress.replace(/^<p>/, '')}
<p class="note">To sign in with a name and a password, make an operator first, in the console or with
<code>mailroot operator create</code>.</p>`;
  return page('Sign in to Mailroot', signedIn + (hasOperators ? form : hint));
}

export const refusedTokenPage = page(
  'This address cannot be used',
  `<p>This sign-in address has been used already, is older than ten minutes, or is not complete.</p>
${oneTimeAddress.replace('Print one', 'Print a new one')}
<p><a href="${signInPath}">Other ways to sign in</a></p>`,
);

/** `what` was wrong too often: "wrong sign-in addresses". */
export function waitPage(seconds: number, what: string): string {
  return page(
    'Too many tries',
    `<p>There were too many ${what}. Try again in ${describeWait(Math.ceil(seconds))}.</p>
<p><a href="${signInPath}">Back to sign-in</a></p>`,
  );
}

export const busyPage = page(
  'Too many sign-ins at once',
  `<p>Too many people are signing in. Try again in a moment.</p>
<p><a href="${signInPath}">Back to sign-in</a></p>`,
);

const describeWait = (seconds: number): string =>
  seconds > 90 ? `${Math.ceil(seconds / 60)} minutes` : `${seconds} seconds`;
