/** The dialog that sets up a smart host is another feature's; the app puts it here, for the sheet whose draft it fills. */
import { createContext, type ReactNode } from 'react';
import type { ServerSettings, SmartHostPatch } from '../../src-main/api/contract';

export interface SmartHostSlotProps {
  /** As the sheet has it now. */
  readonly settings: Pick<ServerSettings, keyof SmartHostPatch | 'domains' | 'furtherSmartHosts' | 'name'>;
  readonly onPatch: (patch: SmartHostPatch) => void;
  readonly onClose: () => void;
}

export const SmartHostSlot = createContext<(props: SmartHostSlotProps) => ReactNode>(() => null);
