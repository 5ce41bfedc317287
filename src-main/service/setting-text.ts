/** A value of a setting in one line, for people. Pure. */

/** @param none what stands for a setting without a value */
export function describeSetting(value: unknown, none = '(not set)'): string {
  if (value === null) return none;
  return Array.isArray(value) ? value.map(describeEntry).join(', ') : String(value);
}

/** What tells an entry from the others of its list. */
function describeEntry(entry: unknown): string {
  if (typeof entry !== 'object' || entry === null) return String(entry);
  const { name, host, port, selector, domain } = entry as Record<string, unknown>;
  if (typeof name === 'string') return name;
  if (typeof host === 'string') return typeof port === 'number' ? `${host}, port ${port}` : host;
  return typeof selector === 'string' ? `${selector}._domainkey.${String(domain)}` : JSON.stringify(entry);
}
