/** The files that code of a project is in, told apart by their names. */
export const TASK_FILE = /^tasks\/[a-z0-9-]{1,100}\.(?:ts|js)$/;

export const isProtectedFile = (name: string): boolean => name === 'protected.ts' || name === 'protected.js';
export const isCommonFile = (name: string): boolean => name === 'common.ts' || name === 'common.js';
export const isTaskFile = (name: string): boolean => TASK_FILE.test(name);
