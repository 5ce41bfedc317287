/** Accounts, with which SMTP clients log in, and operators, who may use this console. Passwords only go in. */
import { z } from 'zod';
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

export const accountRow = z.object({
  name: z.string(),
  isEnabled: z.boolean(),
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

const nothing = z.object({});
const named = z.object({ name: z.string().max(255) });

export const accounts = {
  list: operator.output(z.array(accountRow)),
  create: administrator.input(z.object({ name: accountName, password: newPassword })).output(accountRow),
  set: administrator
    .input(named.extend({ password: newPassword.optional(), isEnabled: z.boolean().optional() }))
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
