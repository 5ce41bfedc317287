/** The dialog of DKIM keys is another feature's; the app puts it here. */
import { createContext, type ReactNode } from 'react';

export interface DkimSlotProps {
  readonly serverId: number;
  readonly serverName: string;
  readonly suggestedDomains: readonly string[];
  readonly onClose: () => void;
}

export type RenderDkim = (props: DkimSlotProps) => ReactNode;

export const DkimSlot = createContext<RenderDkim>(() => null);
