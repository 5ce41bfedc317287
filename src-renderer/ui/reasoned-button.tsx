/** A button that says why it cannot be used, where that is so. */
import { Button, Tooltip } from '@fluentui/react-components';
import { type ReactElement, type ReactNode, useState } from 'react';

export interface ReasonedButtonProps {
  /** Why it cannot be used now; undefined: it can. */
  readonly reason: string | undefined;
  readonly onClick: () => void;
  readonly children: ReactNode;
  readonly icon?: ReactElement;
  readonly size?: 'small' | 'medium';
  readonly appearance?: 'secondary' | 'subtle';
}

export function ReasonedButton(props: ReasonedButtonProps): ReactElement {
  const { reason, onClick, children, ...look } = props;
  const [isPointedAt, setIsPointedAt] = useState(false);
  // One element whether there is a reason or not: a button made anew would lose the focus.
  return (
    <Tooltip
      content={reason ?? ''}
      relationship="description"
      visible={isPointedAt && reason !== undefined}
      onVisibleChange={(_, data) => setIsPointedAt(data.visible)}
    >
      <Button
        {...look}
        disabledFocusable={reason !== undefined}
        onClick={() => reason === undefined && onClick()}
      >
        {children}
      </Button>
    </Tooltip>
  );
}
