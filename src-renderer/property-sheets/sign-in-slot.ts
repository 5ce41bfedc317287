/** The picker of OAuth2 sign-ins is another feature's; the app puts it here, for every sheet that asks for one. */
import { createContext, type ReactElement, type ReactNode } from 'react';

export interface SignInSlotProps {
  /** Number of the sign-in; '' is none. */
  readonly value: string;
  readonly onValue: (id: string) => void;
  /** The person left the control. */
  readonly onLeave: () => void;
  readonly isDisabled: boolean;
  readonly label: string | ReactElement;
  readonly fault: string | undefined;
}

export type RenderSignIn = (props: SignInSlotProps) => ReactNode;

export const SignInSlot = createContext<RenderSignIn>(() => null);
