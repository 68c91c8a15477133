import type { Command } from 'commander';
import { type CommandContext, createContext, type GlobalOptions } from './context.ts';

/** The context that the options of a command line make. */
export const contextOf = (command: Command): CommandContext =>
  createContext(command.optsWithGlobals<GlobalOptions>());
