/**
 * Must be the first import of the page: the strict content security policy forbids `new Function`, and the
 * schema library would otherwise probe for it when the schemas are made.
 */
import { config } from 'zod';

config({ jitless: true });
