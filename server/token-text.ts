import { randomBytes } from 'node:crypto';

/** The text of a new token: 256 random bits with a mark in front, so that scanners of leaks know it. */
export const newTokenText = (): string => `slu_${randomBytes(32).toString('base64url')}`;

/** Whether a text looks like one of ours. */
export const isTokenText = (text: string): boolean => /^slu_[\w-]{43}$/.test(text);
