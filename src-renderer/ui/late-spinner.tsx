/** Says that something is being read, once it has taken long enough to be noticed. */
import { Spinner } from '@fluentui/react-components';
import { type ReactElement, useEffect, useState } from 'react';

const noticeableMs = 300;

/** Until then nothing stands there: a flash of a spinner only disturbs. */
export function LateSpinner({ label }: { readonly label: string }): ReactElement | null {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), noticeableMs);
    return () => clearTimeout(timer);
  }, []);
  return isLate ? <Spinner size="small" label={label} /> : null;
}
