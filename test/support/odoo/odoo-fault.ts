/** A call that Odoo refuses: what JSON-RPC tells as `error.data`, with the name of the Python class. */
export class OdooFault extends Error {
  readonly pythonName: string;

  constructor(pythonName: string, message: string) {
    super(message);
    this.name = 'OdooFault';
    this.pythonName = pythonName;
  }
}

export const valueError = (message: string) => new OdooFault('builtins.ValueError', message);
export const typeError = (message: string) => new OdooFault('builtins.TypeError', message);
export const userError = (message: string) => new OdooFault('odoo.exceptions.UserError', message);
export const accessDenied = () => new OdooFault('odoo.exceptions.AccessDenied', 'Access Denied');
