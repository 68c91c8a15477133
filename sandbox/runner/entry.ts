import { runRunner } from './runner.ts';

runRunner();
