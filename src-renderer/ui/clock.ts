/** The time as the page shows it, so that ages go on without anything being read again. */
import { useEffect, useState } from 'react';

/** Milliseconds since 1970, renewed every `intervalMs`. */
export function useNow(intervalMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs]);
  return now;
}
