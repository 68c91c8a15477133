/** Where every child of the server starts. The first argument is its role; each role loads only what it needs. */
const role = process.argv[2];

switch (role) {
  case 'compiler':
    import('./compile/compiler-child.ts').then(({ main }) => main());
    break;
  case 'runner':
    import('./runner/runner.ts').then(({ runRunner }) => runRunner());
    break;
  default:
    console.error(`No such role: ${role}. This program is started by Sluice itself.`);
    process.exit(2);
}
