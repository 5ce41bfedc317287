/** Accounts, with which SMTP clients log in, and operators, who may use this console. Passwords only go in. */
import { z } from 'zod';
import { logOnMethods } from '../../engine/core/keyring';
import { administrator, operator, roles } from './base';

/** "ann", "ann@example.com", "EXAMPLE\ann". */
export const accountName = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(255, 'At most 255 characters.')
  .refine(
    (value) => !/[\s\u0000-\u001f\u007f"<>]/.test(value),
    'A name cannot contain spaces, quotes or brackets.',
  );
export const newPassword = z.string().min(8, 'At least 8 characters.').max(200, 'At most 200 characters.');

export { type LogOnMethod, logOnMethods } from '../../engine/core/keyring';

/** By what an account may log in. */
const accountMethods = z
  .array(z.enum(logOnMethods))
  .min(1, 'Choose at least one way to log in.')
  .max(20, 'At most 20.');

export const accountRow = z.object({
  name: z.string(),
  isEnabled: z.boolean(),
  methods: z.array(z.enum(logOnMethods)),
  createdAt: z.number(),
  /** Last successful log-in since Mailroot was started. */
  lastLogInAt: z.number().optional(),
});
export type AccountRow = z.infer<typeof accountRow>;

export const operatorRow = z.object({
  name: z.string(),
  role: z.enum(roles),
  createdAt: z.number(),
});
export type OperatorRow = z.infer<typeof operatorRow>;

export const systemOperatorKinds = ['user', 'group'] as const;
export type SystemOperatorKind = (typeof systemOperatorKinds)[number];

/** As the computer knows it: "ann", "sudo", "EXAMPLE\\domain admins". */
export const systemName = z
  .string()
  .trim()
  .min(1, 'Enter a name.')
  .max(256, 'At most 256 characters.')
  .refine(
    (value) => !/[\u0000-\u001f\u007f:]/.test(value),
    'A name cannot contain colons or control characters.',
  );

/** A user or group of this computer that may use the command line and the local control channel. */
export const systemOperatorRow = z.object({
  kind: z.enum(systemOperatorKinds),
  name: z.string(),
  role: z.enum(roles),
  createdAt: z.number(),
  /** False: this computer has no such user or group any more, and nobody is admitted by the entry. */
  isFound: z.boolean(),
});
export type SystemOperatorRow = z.infer<typeof systemOperatorRow>;

const nothing = z.object({});
const named = z.object({ name: z.string().max(255) });

export const accounts = {
  list: operator.output(z.array(accountRow)),
  /** All ways but 'kerberos' need the password. */
  create: administrator
    .input(
      z.object({
        name: accountName,
        password: newPassword.optional(),
        methods: accountMethods.default(['basic']),
      }),
    )
    .output(accountRow),
  /** A way to log in that is new needs the password in the same call; the secret of one that goes is forgotten. */
  set: administrator
    .input(
      named.extend({
        password: newPassword.optional(),
        isEnabled: z.boolean().optional(),
        methods: accountMethods.optional(),
      }),
    )
    .output(accountRow),
  delete: administrator.input(named).output(nothing),
};

export const operators = {
  list: administrator.output(z.array(operatorRow)),
  create: administrator
    .input(z.object({ name: accountName, role: z.enum(roles), password: newPassword }))
    .output(operatorRow),
  /** A new password or role ends the person's sessions. */
  set: administrator
    .input(named.extend({ role: z.enum(roles).optional(), password: newPassword.optional() }))
    .output(operatorRow),
  delete: administrator.input(named).output(nothing),
};

const systemNamed = z.object({ kind: z.enum(systemOperatorKinds), name: z.string().max(256) });

export const systemOperators = {
  /** Not supported: nobody but the owner of the data folder gets in, for the reason given, whatever is listed. */
  list: administrator.output(
    z.object({
      rows: z.array(systemOperatorRow),
      isSupported: z.boolean(),
      reason: z.string().optional(),
    }),
  ),
  create: administrator
    .input(z.object({ kind: z.enum(systemOperatorKinds), name: systemName, role: z.enum(roles) }))
    .output(systemOperatorRow),
  /** Ends what the person is following. */
  set: administrator.input(systemNamed.extend({ role: z.enum(roles) })).output(systemOperatorRow),
  delete: administrator.input(systemNamed).output(nothing),
};
